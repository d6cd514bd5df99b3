"""The names that columns go by, in the exports of many vendors.

Names are squashed: lower case, without separators. The most likely one comes first.
"""

from __future__ import annotations

__all__ = ["VENDORS", "WORDS"]

#: Our column to the names it goes by anywhere.
WORDS: dict[str, str] = {
    "user_id": (
        "user userid uid customerid customer clientid client visitorid visitor userpseudoid "
        "domainuserid distinctid anonymousid amplitudeid fullvisitorid mpuserid memberid member "
        "patientid patient caseid case caseconceptname caseidid traceid personid person profileid "
        "subscriberid accountid account participantid participant respondentid respondent studentid "
        "householdid cookieid cookie deviceid idvisitor customeruniqueid custid shopperid "
        "guestid passengerid email useremail kunde kundennummer cliente usuario"
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
        "sessionid session visitid domainsessionid gasessionid paramgasessionid sessid visitnumber sessionkey"
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
