"""The words of the tablet's page, handed to its script in the judge's language; {name} is filled in there."""

from __future__ import annotations

from flask_babel import gettext as _


def tablet_texts() -> dict[str, str]:
    return frame_texts() | sheet_texts() | pad_texts() | dialog_texts() | trouble_texts()


def frame_texts() -> dict[str, str]:
    return {
        "title": _("Marking on the tablet"),
        "seat": _("Seat {code}"),
        "not_entered": _("Not yet entered"),
        "enter_again": _("Please enter again · {waiting} saved on this tablet"),
        "enter_same": _(
            "The right of {judge} to send has ended. Enter again with the same card to send what waits."
        ),
        "conflicts": _("Conflicts to settle: {count}"),
        "offline": _("Offline · {waiting} saved on this tablet"),
        "offline_none": _("Offline · nothing waits"),
        "sending": _("{waiting} saved on this tablet, sending"),
        "all_sent": _("All sent {when}"),
        "foreign": _(
            "Marks of another judge that wait on this tablet until that judge enters again: {count}"
        ),
        "storage_failed": _(
            "This tablet could not save ({error}). Stop marking here, go on with the paper sheet and call the technician."
        ),
    }


def sheet_texts() -> dict[str, str]:
    return {
        "not_marked": _("Not marked"),
        "saved_here": _("Saved here"),
        "sent": _("Sent"),
        "conflict": _("Conflict"),
        "held": _("With the chief judge"),
        "rejected": _("Refused"),
        "signed_count": _("Signed {signed} of {all}"),
        "signed": _("Signed"),
        "status_absent": _("Absent"),
        "status_withdrawn": _("Withdrawn"),
        "status_disqualified": _("Disqualified"),
        "progress": _("Marks given to {code}"),
        "marked_count": _("{done} of {all} marked"),
        "call_chief": _("Call the chief judge"),
        "called": _("Chief judge called"),
        "mark_again": _("Please mark again"),
        "measured": _("Found: {value}"),
        "working_time": _("Working time"),
        "timer_start": _("Start the clock"),
        "timer_stop": _("Stop the clock"),
        "timer_on": _("Resume the clock"),
        "timer_clear": _("Withdraw the working time"),
        "range": _("0 to {max}, in steps of {step}"),
        "points": _("points"),
        "points_of": _("{max} points if met"),
        "met": _("Met"),
        "not_met": _("Not met"),
        "less": _("One step less"),
        "more": _("One step more"),
        "conflict_text": _("Two marks were given here and both are kept. Please choose one."),
        "take": _("Take {value}"),
        "this_tablet": _("This tablet"),
        "other_tablet": _("Other tablet"),
        "held_text": _("{value} came after the signature and waits for the chief judge."),
        "rejected_text": _("Not taken: {reason}. Please mark again."),
        "previous": _("Previous work"),
        "next": _("Next work"),
        "undo": _("Undo"),
        "unmarked": _("Without a mark: {count}, next {code}"),
        "review": _("Check and sign"),
        "settle_first": _("Settle the conflict first"),
        "receipt": _("Show the receipt"),
    }


def pad_texts() -> dict[str, str]:
    return {
        "signed_text": _("This sheet is signed. Only the chief judge can open it again."),
        "only_asked": _("The sheet is signed; only the marks that the chief judge asked for again are open."),
        "choose_found": _("Choose what you found; the next aspect follows."),
        "count_done": _("How many of {all} are done?"),
        "measure": _("Type what you measure; the target is {target} {unit}"),
        "tolerance": _("tolerance {value} {unit}"),
        "gives": _("gives {mark} points"),
        "bad_measure": _("This cannot have been measured here."),
        "runs": _("runs"),
        "choose_level": _("Choose the level that fits best; the next aspect follows."),
        "choose_met": _("Choose; the next aspect follows."),
        "level_0": _("Below the industry standard"),
        "level_1": _("Meets the industry standard"),
        "level_2": _("Meets it and in parts exceeds it"),
        "level_3": _("Exceeds it wholly; excellent"),
        "malformed": _("This is not a number."),
        "out_of_range": _("The mark lies between 0 and {max}."),
        "bad_step": _("The mark goes in steps of {step}."),
        "far_from_own": _("Far from your own other marks here (mean {mean}); please look once more."),
        "backspace": _("Delete the last digit"),
        "clear": _("Withdraw this mark"),
        "enter": _("Confirm, next aspect"),
        "reason": _("Reason for the deduction"),
        "reason_of_mark": _("Reason (needed for a very low or very high mark)"),
        "stopwatch": _("Stopwatch: start and stop"),
        "watch_started": _("The stopwatch runs; tap again to stop."),
    }


def dialog_texts() -> dict[str, str]:
    return {
        "signed_now": _("The sheet of {code} is signed."),
        "sign_how": _("Please type your name or sign by hand."),
        "signature": _("Signature"),
        "withdrawn": _("withdrawn"),
        "receipt_waiting": _("Signed on this tablet; not yet sent to the server."),
        "receipt_sent": _("Received by the server {when}."),
        "incident": _("Incident"),
        "call_kept": _("The call is saved and goes to the chief judge."),
        "incident_kept": _("The note is saved and goes to the chief judge."),
        "no_photo": _("This photo cannot be read."),
        "last_sent": _("Last sent {when}."),
        "never_sent": _("Nothing has been sent yet."),
        "storage_kept": _("The browser has promised to keep this tablet's storage."),
        "storage_loose": _(
            "The system may clear this tablet's storage: connect to the network on the same day."
        ),
        "device": _("Tablet {device}"),
    }


def trouble_texts() -> dict[str, str]:
    return {
        "trouble": _("Last try: {reason}"),
        "trouble_offline": _("no connection to the server"),
        "trouble_foreign": _("the network answered instead of the server; is a Wi-Fi log-in needed?"),
        "trouble_bad_card": _("Card code or PIN is wrong."),
        "trouble_too_many": _("Too many tries; wait a few minutes."),
        "trouble_client_too_old": _("this page is too old; use the new version"),
        "trouble_other": _("the server could not take it; it is tried again"),
        "reason_out_of_range": _("the mark is out of range"),
        "reason_bad_measure": _("the mark is not what the measured value gives"),
        "reason_bad_step": _("the mark does not fit the steps"),
        "reason_no_reason": _("a very low or very high mark needs a reason"),
        "reason_recused": _("you are recused from this work"),
        "reason_wrong_judge": _("it belongs to another judge"),
        "reason_unknown_cell": _("the server does not know this work or aspect"),
        "reason_digest_mismatch": _("the sheet has changed since it was shown"),
        "reason_other": _("the server refused it"),
    }
