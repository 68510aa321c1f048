"""How hard a text is to read: the Flesch-Kincaid grade (Kincaid JP et al., Research Branch Report 8-75, 1975)."""

from __future__ import annotations

import re

#: endings that look like a syllable and are none, and pairs of vowels that are two
_SILENT = re.compile(r"(?:[^laeiouy]es|[^aeiouytd]ed|[^laeiouy]e)$")
_TWO = re.compile(r"i[aou](?!n?s?$)|ia$|eo|[^aeiou]ue[aeiou]|ui[a-z]|[aeiouy]ing$|ium$|rio")


def plain(markdown: str) -> str:
    """Words without the marks of Markdown, without headings and references, which would make sentences look short; a line
    of a list ends a sentence."""
    text = re.sub(r"\s*\[[\d, ]+\]", "", markdown)
    text = re.sub(r"^#+ .*$|\*\*[^*]+\.\*\*", "", text, flags=re.MULTILINE)
    text = re.sub(r"\n(?=\* )", ".\n", text)
    return re.sub(r"[*_`<>]", "", text)


def sentences(text: str) -> list[list[str]]:
    """The words of every sentence."""
    parts = re.split(r"[.!?]+(?:\s|$)|:\s*\n", text)
    found = [re.findall(r"[A-Za-z0-9]+(?:['-][A-Za-z]+)*", part) for part in parts]
    return [words for words in found if words]


def syllables(word: str) -> int:
    """About how many syllables a word has; an abbreviation in capitals has one for every letter.

    >>> [syllables(word) for word in ("valve", "atrium", "leaflets", "severe", "regurgitation", "TEE")]
    [1, 3, 2, 2, 5, 3]
    """
    if word.isupper() and len(word) < 6:
        return len(word)
    bare = _SILENT.sub(lambda found: found[0][:1], word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", bare)) + len(_TWO.findall(bare)))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade: 0.39 words per sentence + 11.8 syllables per word - 15.59."""
    found = sentences(text)
    words = [word for sentence in found for word in sentence]
    return 0.39 * len(words) / len(found) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
