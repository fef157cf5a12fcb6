"""What columns are called in exports of English, German, Spanish, French and their neighbours.

A name is a hint only: what the values say decides, and where they say nothing somebody is asked.
Patterns search in a name as `modelling.leaks.names.plain_words` writes it, so `(^|_)` and `(_|$)`
are the borders of words. Names that speak of fraud, of a label or of what comes after a
payment are those of `modelling.leaks.names`.
"""

from __future__ import annotations

import re

from fraud_assets.modelling.leaks.names import words as _words

FLAG = _words(
    "flag", "disputed", "status", "outcome", "verdict", "result", "bad", "suspicious", "disposition"
)
"""Names that a label may have, and much else."""

LEGITIMATE = _words(
    r"legit\w*", "genuine", "nonfraud", r"(?:non|not|no)_(?:fraud|scam)\w*", "licit", "good",
    "valid", "clean", "echt", "legal",
)  # fmt: skip
"""Names of labels whose "yes" means no fraud."""

NO_LABEL = _words(
    "scenario", "szenario", "type", "typ", "tipo", "kind", "reason", "grund", "motivo", "score",
    "prob", "probability", "rule", "flagged", r"pred\w*", "model", "count", "cnt", "amount", "rate",
    "prev", "previous", "prior", "history", "last", "time", "date", "at", "id", "blocked", "days",
    "code", "source", "channel", "num", "vendor", "risk", "level",
)  # fmt: skip
"""Words beside `fraud` that make a column something else than the label."""

MEASURE = _words(
    "count", "cnt", "anzahl", "cantidad", "number_of", "num_of", "n", "age", "alter", "edad",
    "days?", "tage", "dias", "hours?", "minutes?", "months?", "seconds", "years?", "sum", "mean",
    "avg", "average", "median", "min", "max", "std", "ratio", "rate", "share", "percent", "pct",
    "score", "velocity", "balance", "saldo", "limit", "distance", "length", "size", "quantity",
    "qty", "frequency", "freq", "lat", "latitude", r"long?", "longitude", "fee", "pop",
    r"\d+[hdwm]", "price", "gas", "last", "first", "since", "oldbalance", "speed", r"fees?",
    r"gebuhr\w*", r"gebuehr\w*", "kosten", "frais", r"commission\w*", "comision", "taxa", "avgift",
    "oplata", "steuer", "mwst", r"discounts?", "rabatt", "trinkgeld",
)  # fmt: skip
"""Names of quantities; they count or measure, whatever else the name says."""

CODE = _words(
    r"zip\w*", r"postal\w*", r"post_?code", "plz", r"postleitzahl\w*", "cp", "mcc", "bin", "iin",
    "iban", "bic", "swift", "blz", "bankleitzahl", "sort", "routing", "ssn", "tax", "vat", "ein",
    "nif", "dni", "cpf", "cnpj", "account", r"konto\w*", r"cuenta\w*", "compte", "pan",
    r"kartennummer", r"karte", r"merchant\w*", r"handler\w*", r"haendler\w*", "comercio",
    "terminal", "branch", "filiale", "sucursal", "store", "shop", "device", "geraet", "gerat",
    "ip", "imei", "area", "region", r"addr\w*", "category", r"kategorie", "categoria",
)  # fmt: skip
"""Names of things that are written in digits and are no quantities."""

CODE_END = re.compile(r"(?:_(?:id|no|nr|num|number|code|key|ref)|nummer|numero|^id|^code)$")
"""Endings of names of things that are numbered."""

NUMBERED = re.compile(r"^(?:card|addr|id|cat|merchant|product)_?\d{1,2}$")
"""Names such as `card1`, where numbers often stand for things."""

PHONE = _words(
    r"(?:tele)?phone\w*", "tel", "mobile", "msisdn", r"telefon\w*", "handy", r"telefono", "movil",
    "fax", r"rufnummer",
)  # fmt: skip

PERSONAL = _words(
    r"e?_?mail", r"email\w*", r"(?:first|last|full|sur|holder|cardholder)_?name", "name",
    "vorname", "nachname", "nombre", "apellido", "street", "strasse", "calle", "address_line",
    "passport", "ssn", "ip", "ip_address",
)  # fmt: skip
"""Names of what tells a person apart and generalises to nobody else."""

OF_MANY_PERSONS = _words(r"\w*domain\w*", r"\w*provider\w*", r"dominio", r"\w*anbieter\w*")
"""Names of what many persons share, though they speak of mail or names."""

ROW_NUMBER = _words(
    "index", "idx", "row", r"row_?num(?:ber)?", "rownum", "unnamed", r"zeile\w*", "lfd", "lfdnr",
    "fila", "nr", "line",
)  # fmt: skip

PAYMENT = _words(
    "tx", "txn", "trx", r"transa[ck][a-z]*", r"payments?", r"zahlung\w*", r"buchung\w*",
    r"vorgang\w*", r"umsatz\w*", r"orders?", r"pagos?", r"paiements?", r"pagament\w*",
    r"movimento\w*",
    r"operaci\w*", r"operazion\w*", r"operac\w*", r"boeking\w*", r"betaling\w*", r"betalning\w*",
    r"platnosc\w*", r"przelew\w*", r"platb\w*", r"islem\w*", r"odeme\w*", r"fizetes\w*", "maksu",
)  # fmt: skip
"""What a payment is called; a column of that name may hold what names it, or what it is worth."""

PAYMENT_ID = _words(
    r"(?:tx|txn|trx|trans|transaction|transaktions?|payment|zahlungs?|order|charge|auth|pago)"
    r"(?:_?(?:id|hash|no|nr|num|number|ref|reference|key|nummer))",
    "id", "hash", "uuid", "guid", r"reference", "ref", "txid", "referenz", "referencia", "event_id",
    r"\w*transaktionsnummer", r"\w*(?:zahlungs|buchungs|vorgangs)(?:nummer|id)",
)  # fmt: skip

SENDER_RANKS = (
    _words(r"sender\w*", r"payer\w*", "debtor", "originator", r"name_?orig\w*", "remitter",
           r"zahler\w*", r"auftraggeber\w*", "ordenante", "pagador", "pagatore", "payeur",
           "betaler", "platnik", "from"),
    _words(r"customer\w*", r"cust", r"client\w*", r"kunden?\w*", r"consumer\w*", "buyer",
           r"klant\w*", r"klient\w*", r"kund(?:e|id|nr|nummer)?", r"musteri\w*", r"zakaznik\w*",
           r"ugyfel\w*", "asiakas", "acheteur"),
    _words(r"user\w*", r"member\w*", r"usuario", r"nutzer\w*", "benutzer", "uid", r"subscriber\w*"),
    _words(r"account\w*", r"konto\w*", r"cuenta\w*", "iban", r"wallet\w*", "acct", "compte",
           r"conta", "conto", r"rekening\w*", r"rachun\w*", r"hesap\w*", r"ucet\w*"),
    _words(r"card\w*", r"cc", r"karten?\w*", r"tarjeta\w*", "pan", r"carte",
           "carta", "cartao", r"kaart\w*", r"kort\w*", r"karta\w*", "porteur", "titular"),
    _words(r"address", "email", r"e_mail", r"phone\w*", "device", r"person\w*", "holder"),
)  # fmt: skip
"""Who pays, the surest names first."""

RECEIVER = _words(
    r"merchant\w*", r"terminal\w*", r"recipient\w*", r"receiver\w*", r"\w*dest\w*", r"benefic\w*",
    "payee", "to", r"shop\w*", r"store\w*", r"handler\w*", r"haendler\w*", r"empfanger\w*",
    "creditor", r"empfaenger\w*", "comercio", r"vendor\w*", "seller", "acquirer", "issuer", "bank",
)  # fmt: skip

AMOUNT_RANKS = (
    _words(r"(?:tx|transaction|payment|trans)?_?am(?:oun)?t", r"\w*betrag", "importe", "monto",
           "montant", "cantidad", "summe", "umsatz", "importo", "valor", "wert",
           "belopp", "belop", "belob", "bedrag", "kwota", r"tutar\w*", "castka", "suma", "summa",
           "osszeg", "quantia", "ammontare"),
    _words("value", "val", "total", "sum", "price", "preis", "precio", "prix", "gross", "brutto",
           "usd", "eur"),
)  # fmt: skip
"""What a payment is worth, the surest names first."""

MINOR = _words("cents?", "minor", "pence", "centimos", "satoshis?", "wei", "pfennig")
"""Names of amounts that count a hundredth, or less, of the currency."""

TIME = re.compile(
    r"time|date|datum|zeit|fecha|hora|heure|created|uhr|tag$|timestamp|_(?:at|on|am|le)$|seconds"
    r"|horodat|(?:^|_)data(?:_|$)|tijd|tidpunkt|dato|czas|tarih|(?:^|_)(?:moment|instant)"
    r"|epoch|unix|^ts$|_ts$|_dt$|^dt|(?:^|_)step(?:_|$)|(?:^|_)hour$|(?:^|_)day$|(?:^|_)when$"
)
"""Names of times; `_am` is German "on"."""

EVENT_TIME = re.compile(
    r"(?:tx|txn|trans\w*|payment|pay|paid|zahlung\w*|buchung\w*|order|event|auth\w*|purchase|pago"
    r"|created|timestamp|bezahlt|compra|operacion|operazione|transa[ck]|paiement|pagamento|boek"
    r"|betal|platno)"
)
NOT_EVENT_TIME = re.compile(
    r"birth|dob|geburt|nacimiento|expir|ablauf|valid|sign_?up|regist|open(?:ed|ing)?_|_open|first"
    r"|last|prev|account|acct|customer|kunde|cliente|user|member|card|updat|modif|settle|report"
    r"|label|charge_?back|fraud|betrug|refund|closed|review|resol|gemeldet|load|ingest|export|sent"
    r"|confirm|known|denunci|disput|notif|valuta|value_date|clear"
)
KNOWN_TIME = re.compile(
    r"report|label|fraud|charge_?back|betrug|gemeldet|meldung|denunci|reclam|disput|known|notif|"
    r"(?:^|_)cbk?_|confirm|detected|fraude"
)
"""Names of when somebody learned that a payment was fraud."""

SINCE_TIME = re.compile(
    r"first|sign_?up|regist|open|birth|dob|geburt|nacimiento|alta|account|customer|kunde|member"
    r"|since|seit|activat|issued|enrol|creat"
)
"""Names of when something began that is older than the payment."""

PART = re.compile(
    r"(?:^|_)(?:day|tag|dia|jour|month|monat|mes|mois|year|jahr|ano|annee|hour|stunde|hora|minute"
    r"|week|woche|weekday|dow)(?:_|$)"
)
"""Names of a part of a date or of a time of day."""

CLOCK = re.compile(r"(?:^|_)(?:time|uhrzeit|zeit|hora|heure|clock|tm)(?:_|$)|time$|uhrzeit$")
DAY = re.compile(r"date|datum|fecha|(?:^|_)(?:day|tag|dia|jour)(?:_|$)")
