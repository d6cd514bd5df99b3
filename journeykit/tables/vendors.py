"""Exports of tools that are in wide use: what gives them away, and where their columns are."""

#: A vendor's export: columns that give it away, and where its columns are. They go first.
VENDORS: dict[str, tuple[str, dict[str, str]]] = {
    "Snowplow": (
        "collectortstamp domainuserid eventvendor",
        {
            "user_id": "domainuserid networkuserid userid",
            "event": "eventname event",
            "timestamp": "derivedtstamp collectortstamp",
            "session_id": "domainsessionid",
            "channel": "mktmedium refrmedium",
            "device": "dvcetype platform",
            "page": "pageurlpath",
            "value": "trtotal",
        },
    ),
    "GA4": (
        "userpseudoid",
        {
            "user_id": "userid userpseudoid",
            "event": "eventname name",
            "timestamp": "eventtimestamp timestamp",
            "session_id": "gasessionid paramgasessionid",
            "channel": "trafficsourcemedium collectedtrafficsourcemanualmedium",
            "device": "devicecategory",
        },
    ),
    "Amplitude": (
        "amplitudeid eventtype",
        {
            "user_id": "userid amplitudeid deviceid",
            "event": "eventtype amplitudeeventtype",
            "timestamp": "eventtime clienteventtime",
            "event_id": "insertid uuid",
        },
    ),
    "Mixpanel": (
        "distinctid insertid",
        {
            "user_id": "distinctid",
            "event": "event name eventname",
            "timestamp": "time",
            "event_id": "insertid",
            "page": "currenturl",
        },
    ),
    "Segment": (
        "anonymousid originaltimestamp",
        {
            "user_id": "userid anonymousid",
            "event": "event eventtext name",
            "timestamp": "timestamp originaltimestamp",
            "event_id": "messageid id",
        },
    ),
    "a process-mining log": (
        "caseconceptname conceptname",
        {"user_id": "caseconceptname", "event": "conceptname", "timestamp": "timetimestamp"},
    ),
}
