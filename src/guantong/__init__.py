"""Guantong (贯通): written measures of oversight, made to run."""
