"""Telling people that something waits, and never what (提醒): notices, mail, calendar feeds."""
