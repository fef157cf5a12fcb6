"""A first contract from a look at a team's files: each guess says why, each doubt is a question.

Here: what each column may be (`facts` measure it, one module for each role guesses), and the text
of the draft. Not here: reading (`data.source`) and what the contract's rules say of the rows
(`checkup`).
"""

from fraud_assets.draft.guess import Guess, Question
from fraud_assets.draft.look import FirstLook, take_first_look
from fraud_assets.draft.text import contract_text

__all__ = ["FirstLook", "Guess", "Question", "contract_text", "take_first_look"]
