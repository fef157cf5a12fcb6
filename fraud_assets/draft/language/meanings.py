"""What values of a label mean, and what currencies are called, as `plain_words` writes them."""

from __future__ import annotations


def _each(words: str) -> frozenset[str]:
    return frozenset(words.split())


POSITIVE = _each(
    "1 true t yes y si j ja oui s o fraud fraudulent fraude fraudulento frode betrug betrugsfall "
    "chargeback charged_back charge_back chargedback cb cbk scam bad illicit stolen confirmed "
    "confirmed_fraud suspicious fraudster laundering positive abuse wahr vrai verdadero malicious "
    "is_fraud fraud_confirmed estafa contracargo impaye disputed sim tak evet ano igen kylla "
    "waar prawda truffa oszustwo bedrageri bedrog svindel podvod"
)
"""Values that mean fraud, as `plain_words` writes them."""

NEGATIVE = _each(
    "0 false f no n nein non ne 1_ legit legitimate legitim legitimo genuine ok good normal clean "
    "not_fraud non_fraud nonfraud no_fraud nofraud settled valid licit benign honest legal "
    "negative falsch faux falso paid approved completed success complete echt kein_betrug "
    "sin_fraude kein "
    "no_chargeback not_charged_back unauffallig regular captured nao nee nej nei nie "
    "hayir ne nem ei onwaar legittimo lecito"
)
"""Values that mean no fraud."""

UNDECIDED = _each(
    "pending open unknown review in_review under_review unlabelled unlabeled undecided offen "
    "pendiente unbekannt desconocido en_revision in_prufung to_review tbd investigating unclear "
    "in_progress new not_reviewed unresolved inconnu"
)
"""Values of payments that nobody has judged yet."""

FRAUD_WORDS = frozenset(word for word in POSITIVE if len(word) > 4)
"""Values that speak of fraud even in a column whose name does not."""

CURRENCIES = _each(
    "usd eur gbp jpy chf cad aud nzd cny hkd sgd inr brl mxn ars clp cop pen zar ngn kes egp try "
    "rub uah pln czk huf ron bgn sek nok dkk isk krw twd thb idr myr php vnd aed sar ils qar kwd "
    "btc eth usdt usdc"
)
SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB"}
