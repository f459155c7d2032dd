"""What is wrong with a scheme, a bundle or a sheet, and where: plain sentences that the edge can translate.

The rules only name a fault and its values; they never translate and never stop at the first one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


def N_(sentence: str) -> str:
    """Mark a sentence for the translators' catalogue; the edge translates it when it shows it."""
    return sentence


SENTENCES: Mapping[str, str] = {
    "not_json": N_("This is not a JSON document: %(reason)s."),
    "repeated_key": N_("The key “%(key)s” is written more than once in one object."),
    "missing": N_("This is missing."),
    "unknown_key": N_("This key is not known here."),
    "key_not_for": N_("“%(key)s” does not belong to “%(owner)s”."),
    "not_object": N_("An object is expected here."),
    "not_list": N_("A list is expected here."),
    "too_many_items": N_("There may be at most %(most)s here."),
    "empty_list": N_("The list must not be empty."),
    "not_text": N_("A text is expected here."),
    "not_code": N_(
        "A code has 1 to %(longest)s characters, without spaces at its ends and without control characters."
    ),
    "not_flag": N_("True or false is expected here."),
    "not_whole": N_("A whole number is expected here."),
    "not_decimal": N_("A plain decimal number written as a text is expected here, such as “12.50”."),
    "too_small": N_("The number must not be less than %(least)s."),
    "too_great": N_("The number must not be greater than %(greatest)s."),
    "not_above": N_("The number must be greater than %(bound)s."),
    "not_choice": N_("One of these is expected here: %(choices)s."),
    "wrong_format": N_("The format must be “%(format)s”."),
    "repeated_code": N_("The code “%(code)s” is used more than once."),
    "weight_without_max": N_("The module has a weight, but its aspects give no marks."),
    "tie_break_form": N_("A tie-break is “module:CODE”, “criterion:CODE”, “aspect:CODE” or “duration”."),
    "tie_break_unknown": N_("The tie-break names a %(kind)s “%(code)s” that is not in the scheme."),
    "benchmark_count": N_("There must be exactly four benchmarks, for the marks 0 to 3."),
    "not_plain": N_("Only texts, whole numbers, true, false, lists and objects are allowed here."),
    "prize_size": N_("An award needs either “count” or “percent”, and not both."),
    "unknown_entry": N_("There is no entry “%(code)s”."),
    "unknown_aspect": N_("There is no aspect “%(code)s”."),
    "unknown_judge": N_("There is no judge “%(code)s”."),
    "repeated_mark": N_(
        "The mark of judge “%(judge)s” for “%(entry)s”, “%(aspect)s”, revision %(rev)s is there twice."
    ),
    "repeated_resolution": N_("Two resolutions are about the same entries."),
    "short_resolution": N_("A resolution names two entries or more."),
    "malformed": N_("The mark must be a plain decimal number written as a text, or null."),
    "out_of_range": N_("The mark must lie between 0 and %(greatest)s."),
    "bad_step": N_("The mark must be a whole number of steps of %(step)s."),
    "results_differ": N_("The results in the document are not what its marks give."),
    "result_differs": N_("The result of entry “%(entry)s” in the document is not what its marks give."),
    "no_scheme_sheet": N_("No sheet of this file has the header of a marking scheme."),
    "column_missing": N_("The column “%(column)s” is missing."),
    "cell_empty": N_("The cell must not be empty."),
    "cell_not_code": N_("“%(text)s” cannot be used as a code."),
    "cell_not_number": N_("“%(text)s” is not a number."),
    "cell_not_whole": N_("“%(text)s” is not a whole number from %(least)s on."),
    "cell_too_fine": N_("The number has more than %(digits)s decimals."),
    "cell_not_above": N_("The number must be greater than 0."),
    "cell_negative": N_("The number must not be less than 0."),
    "unknown_type": N_("“%(text)s” is not a known type of aspect."),
    "unknown_word": N_("“%(text)s” is not one of: %(choices)s."),
    "parameters_form": N_("The parameters of this calculation are written like this: %(example)s."),
    "no_sub_criterion": N_("This aspect stands under no sub-criterion."),
    "foreign_sub_criterion": N_("The sub-criterion “%(code)s” does not belong to criterion “%(criterion)s”."),
    "unlisted_criterion": N_("The criterion “%(code)s” is not in the list of criteria."),
    "criterion_without_aspects": N_("The criterion “%(code)s” has no aspects."),
    "sub_criterion_without_aspects": N_("The sub-criterion “%(code)s” has no aspects."),
    "benchmark_missing": N_("The text for judgement score %(score)s is missing."),
    "benchmark_repeated": N_("The text for judgement score %(score)s is there twice."),
    "benchmark_misplaced": N_("A judgement score text stands only under a judgement aspect."),
    "benchmark_score": N_("A judgement score is 0, 1, 2 or 3, not “%(text)s”."),
    "sum_differs": N_("The sheet says %(said)s, but its aspects add up to %(sum)s."),
    "wsos_unknown": N_("The section “%(text)s” is not in the list of standards."),
    "wsos_deviates": N_(
        "The aspects give this section %(sum)s marks instead of %(said)s; 5 is the most it may differ."
    ),
    "total_not_100": N_("The aspects add up to %(sum)s, not to 100."),
    "same_module_differs": N_("“%(text)s” differs from what an earlier row says of the same module."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, at one place such as scheme.modules[0].criteria[1].aspects[2].max."""

    place: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence with %(name)s in it, as the catalogue knows it."""
        return SENTENCES[self.code]

    @property
    def message(self) -> str:
        """The sentence in plain English."""
        return self.sentence % self.params

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class Refused(Exception):
    """A document that has faults; all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class SheetFault:
    """One thing that is wrong in a workbook: its sheet, its cell such as K25, and what."""

    sheet: str
    cell: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence with %(name)s in it, as the catalogue knows it."""
        return SENTENCES[self.code]

    @property
    def message(self) -> str:
        """The sentence in plain English."""
        return self.sentence % self.params

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}: {self.message}" if self.cell else self.message
