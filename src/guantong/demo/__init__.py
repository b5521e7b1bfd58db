"""The demonstration city (演示城市): fictional organs, officers and a year of work, made through acts."""
