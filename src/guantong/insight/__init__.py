"""Figures over everything, read only (统计分析): the mechanisms never import it."""
