"""Index of words and names (检索)."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Document(models.Model):
    """The words of a matter at one depth, as bigrams (检索文本)."""

    matter = models.ForeignKey("matters.Matter", models.CASCADE, related_name="+")
    depth = models.PositiveSmallIntegerField()
    words = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "depth"], name="document_once")]
        indexes = [GinIndex(fields=["words"], name="document_words", fastupdate=False)]


class Name(models.Model):
    """A name, number or unit that a matter can be found by, from its beginning (姓名、文号索引)."""

    matter = models.ForeignKey("matters.Matter", models.CASCADE, related_name="+")
    depth = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["name", "matter"], name="name_prefix")]
