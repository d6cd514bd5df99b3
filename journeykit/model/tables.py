"""The kinds of tables that a workshop can have, each declared once.

From a declaration follow the reader, the recognition of columns, what its contract finds, the keys
under ``data:`` in ``workshop.yaml``, `check` and `run`, and the table of columns in the guide. To
add
a kind, add it to `TABLES`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Names that a column goes by in any table, most likely first: lower case, without separators.
NAMES = {
    "user_id": (
        "user userid uid customerid customer clientid client visitorid visitor userpseudoid "
        "domainuserid distinctid anonymousid amplitudeid fullvisitorid mpuserid memberid member "
        "patientid patient caseid case caseconceptname caseidid traceid personid person profileid "
        "subscriberid accountid account participantid participant respondentid respondent "
        "studentid householdid cookieid cookie deviceid idvisitor customeruniqueid custid "
        "shopperid guestid passengerid email useremail kunde kundennummer cliente usuario"
    ),
    "event": (
        "event eventname eventtype activity activityname action actionname conceptname "
        "amplitudeeventtype handling task step stepname operation interaction touchpoint "
        "name eventlabel eventaction type pagetype screenname aktivitat ereignis evento"
    ),
    "timestamp": (
        "timestamp eventtimestamp eventtime time datetime ts timetimestamp eventdatetime "
        "derivedtstamp collectortstamp clienteventtime originaltimestamp occurredat createdat "
        "happenedat loggedat receivedat serverts servertime servertimestamp sentat utctime "
        "completetimestamp starttimestamp starttime startdate date eventdate day created when "
        "datum zeit zeitpunkt fecha data"
    ),
    "event_id": "eventid insertid messageid hitid eventuuid uuid",
    "session_id": (
        "sessionid session visitid domainsessionid gasessionid paramgasessionid sessid "
        "visitnumber sessionkey"
    ),
    "channel": (
        "channel acquisitionchannel channelgroup channelgrouping defaultchannelgroup "
        "trafficchannel marketingchannel trafficsource trafficsourcemedium medium utmmedium "
        "mktmedium parammedium refrmedium sourcemedium distributionchannel kanal canal"
    ),
    "device": (
        "device devicecategory devicetype platform devicefamily dvcetype deviceplatform "
        "formfactor gerat dispositivo"
    ),
    "campaign": "campaign campaignname campaignid utmcampaign mktcampaign paramcampaign",
    "page": (
        "page pagepath pageurlpath path url pageurl pagelocation currenturl pageaddress screen"
    ),
    "value": (
        "value eventvalue revenue amount valueinusd eventvalueinusd price total purchaserevenue "
        "ordervalue trtotal betrag umsatz"
    ),
    "product": "product productid productname sku itemid itemname stockcode tisku produkt",
    "lifecycle": "lifecycle lifecycletransition lifecycleid registrationtype transition phase",
    "instance": "instance instanceid activityinstance activityinstanceid conceptinstance",
    "order_id": (
        "orderid order ordernumber orderno invoiceno invoiceid invoice invoicenumber "
        "transactionid transaction basketid receiptid purchaseid bestellnummer"
    ),
}


@dataclass(frozen=True)
class TableColumn:
    """A column of a kind of table.

    Parameters
    ----------
    name : str
        The kit's name for it.
    kind : str
        ``"id"``, ``"text"``, ``"time"``, ``"number"``, ``"flag"`` (yes or no), ``"answer"`` (a
        number, or the words of a scale) or ``"any"`` (whatever its cells look like).
    about : str
        What it is, for people, where the name does not say it.
    words : str
        Further names it goes by in this kind, most likely first, beside those in `NAMES`.
    promised : bool
        A brand can promise it; see :class:`journeykit.model.Promise`.
    negative : str
        What a row with less than nothing is, where that is worth a word.
    product : tuple of str
        The numbers whose product it is, where the source has the last of them and not itself.
    scales : dict
        What a row can measure, to the lowest and highest answer: those stand in the first column
        of the table. The caller may say one of them for the whole table.
    """

    name: str
    kind: str = "text"
    about: str = ""
    words: str = ""
    promised: bool = False
    negative: str = ""
    product: tuple[str, ...] = ()
    scales: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """All names it goes by, its own first."""
        own = self.name.replace("_", "")
        return [own, *self.words.split(), *NAMES.get(self.name, "").split()]


@dataclass(frozen=True)
class TableKind:
    """A kind of table: what a row is, and its columns.

    Parameters
    ----------
    rows : str
        What a row is, for people.
    required : tuple of TableColumn
        Without these columns nothing can be read, and rows without a value are set aside.
    also : tuple of TableColumn
        What else means something to the kit; all other columns keep their own names.
    """

    rows: str
    required: tuple[TableColumn, ...]
    also: tuple[TableColumn, ...] = ()

    @property
    def columns(self) -> tuple[TableColumn, ...]:
        """All columns, the required ones first."""
        return self.required + self.also


_USER, _TIME = TableColumn("user_id", "id", "who"), TableColumn("timestamp", "time", "when")
_STAGE = TableColumn("stage", words="journeystage phase")
_CHANNEL, _DEVICE, _PRODUCT = (
    TableColumn("channel"),
    TableColumn("device"),
    TableColumn("product", "id"),
)
_FEEDBACK = "feedback feedbacktext text"

#: Name to kind: the one list of tables.
TABLES = {
    "events": TableKind(
        "one row per event",
        (_USER, TableColumn("event", "text", "what happened"), _TIME),
        (
            TableColumn("session_id", "id"),
            _CHANNEL,
            _DEVICE,
            TableColumn("campaign"),
            TableColumn("page"),
            TableColumn("value", "number"),
            _PRODUCT,
            TableColumn("lifecycle", "text", "start or complete"),
            TableColumn("instance", "id", "which start and complete belong together"),
            TableColumn("event_id", "id", "the second row of an id is a repeat"),
        ),
    ),
    "surveys": TableKind(
        "one row per answer",
        (
            TableColumn(
                "score",
                "answer",
                "the answer",
                "rating answer answervalue npsscore csat nps nota note",
            ),
        ),
        (
            TableColumn(
                "measure",
                "text",
                "nps, csat, ces, sus, emotion",
                "metric surveytype questiontype survey",
                scales={
                    "nps": (0, 10),
                    "csat": (1, 10),
                    "ces": (1, 7),
                    "sus": (1, 5),
                    "emotion": (-2, 2),
                },
            ),
            TableColumn("response_id", "id", words="responseid surveyresponseid id"),
            _USER,
            TableColumn(
                "timestamp", "time", words="recordeddate recordedat answeredat submittedat enddate"
            ),
            TableColumn("question", "id", "1 to 10, for sus", "questionid questionnumber item"),
            _STAGE,
            _CHANNEL,
            _DEVICE,
            TableColumn("comment", words=f"verbatim {_FEEDBACK} resposta kommentar freetext"),
        ),
    ),
    "support": TableKind(
        "one row per contact",
        (
            TableColumn(
                "timestamp", "time", "when", "submittedat openedat contactedat ticketcreatedat"
            ),
            TableColumn("channel", "text", "where they asked", "via contactchannel tickettype"),
        ),
        (
            TableColumn("contact_id", "id", words="ticketid caseid conversationid callid id"),
            TableColumn("user_id", "id", words="requesterid requester"),
            TableColumn("topic", words="category subject reason tag"),
            TableColumn(
                "first_answer_minutes",
                "number",
                words="firstresponsetimeminutes firstresponseminutes waitminutes firstreplyminutes",
                promised=True,
            ),
            TableColumn(
                "hold_minutes", "number", words="holdtimeminutes queueminutes", promised=True
            ),
            TableColumn(
                "resolution_hours",
                "number",
                words="resolutiontimehours hourstoresolve",
                promised=True,
            ),
            TableColumn(
                "handovers", "number", words="transfers escalations reassignments", promised=True
            ),
            TableColumn("solved", "flag", words="resolved status issolved isresolved"),
            TableColumn(
                "satisfaction", "number", words="satisfactionscore csat rating", promised=True
            ),
            TableColumn("comment", words=_FEEDBACK),
        ),
    ),
    "campaigns": TableKind(
        "one row per send",
        (
            TableColumn("campaign", "text", "what was sent"),
            _USER,
            TableColumn("timestamp", "time", "when", "sentat senttime senddate sendtime"),
        ),
        (
            _STAGE,
            _CHANNEL,
            TableColumn("opened", "flag", words="open isopened isopen"),
            TableColumn("clicked", "flag", words="click isclicked isclick"),
            TableColumn("cost", "number", words="spend price"),
            TableColumn("treatment", "text", "sent or holdout", "group arm variant testgroup"),
        ),
    ),
    "orders": TableKind(
        "one row per line",
        (
            TableColumn("order_id", "id", "which order"),
            _USER,
            TableColumn("timestamp", "time", "when", "orderdate orderedat invoicedate purchasedat"),
        ),
        (
            _PRODUCT,
            TableColumn(
                "quantity",
                "number",
                words="qty units tiquantity menge",
                negative="returns or cancellations",
            ),
            TableColumn(
                "amount",
                "number",
                words="linetotal total revenue value betrag umsatz",
                negative="returns or cancellations",
                product=("quantity", "unit_price"),
            ),
            TableColumn(
                "unit_price", "number", words="unitprice price priceperunit itemprice tiprice"
            ),
            TableColumn("category", words="productcategory department ticategory"),
            TableColumn("promised_days", "number", words="promiseddeliverydays estimateddays"),
            TableColumn("delivered_days", "number", words="deliverydays actualdays", promised=True),
        ),
    ),
    "leads": TableKind(
        "one row per lead",
        (
            TableColumn("user_id", "id", "who", "leadid prospectid"),
            TableColumn("timestamp", "time", "when", "signupdate signedupat leaddate"),
        ),
        (
            TableColumn("source", words="leadsource referralsource utmsource channel"),
            TableColumn(
                "status",
                "text",
                "lead, qualified, customer, loyal",
                "stage leadstatus lifecyclestage",
            ),
            TableColumn("industry", words="sector branche"),
            TableColumn("company_size", words="employees seats size headcount"),
            TableColumn("role", words="jobtitle jobrole title position"),
            TableColumn("value", "number", words="dealvalue mrr mrramount"),
        ),
    ),
}
