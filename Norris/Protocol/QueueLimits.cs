namespace Norris.Protocol;

/// <summary>
/// Every queue of a node has its limit here, whichever room it is in: what waits never takes more memory than these allow. What one connection may
/// hold of bytes that are not parsed yet is in <c>ConnectionLimits</c>, and what one request may be in <c>HttpLimits</c>.
/// </summary>
internal static class QueueLimits
{
    /// <summary>
    /// Bytes of ordered entries that a node holds, unless <c>--retention</c> says otherwise. From half of it on senders wait for who lags; who costs
    /// them too much is put out, and the oldest entries go.
    /// </summary>
    public const long LogBytesMax = 64L * 1024 * 1024;

    /// <summary>Bytes that a node and its guests have submitted and not seen in the log. Beyond: standard input is not read, HTTP gets 429.</summary>
    public const int WaitingBytesMax = 4 * 1024 * 1024;

    /// <summary>Bytes in the host's hold-back queue. Beyond: members are told to come again, and theirs fill up.</summary>
    public const long HeldBackBytesMax = 16L * 1024 * 1024;

    /// <summary>Requests that a node has passed on to the host for others and that are not answered. Beyond: 503, with Retry-After.</summary>
    public const int PassedOnMax = 1024;

    /// <summary>Nodes that left last and come back as who they were, and again as many guests. Beyond: the oldest is forgotten.</summary>
    public const int DepartedMax = 4096;

    /// <summary>Lost nodes that a host looks for. Beyond: the one that was lost first is looked for no more.</summary>
    public const int LostMax = 1024;

    /// <summary>Candidates that asked for a promise and are remembered. Beyond: the one that asked first is forgotten.</summary>
    public const int AskersMax = 64;

    /// <summary>Authors, and runs of each one's messages, that were shown by a log that was given up. Beyond: the oldest are forgotten.</summary>
    public const int ShownBeforeMax = 8192;

    /// <summary>Bytes of events that were made for standard output and are not written. Beyond: no more are made, and the log fills up.</summary>
    public const long PrintedBytesMax = 4 * 1024 * 1024;

    /// <summary>Bytes by which a reader of <c>GET /v1/events</c> may lag. Beyond: its stream ends.</summary>
    public const long EventsBytesMax = 16 * 1024 * 1024;

    /// <summary>Guests that a node holds sessions for. Beyond: 429.</summary>
    public const int GuestsMax = 10_000;

    /// <summary>Messages of a guest that it gave numbers, of which its node remembers the places, for one that is posted again. Beyond: it is told that it was ordered, and not where.</summary>
    public const int RememberedMax = 1024;

    /// <summary>Addresses of nodes that left, which pages come from. Beyond: the oldest is forgotten, and who comes from there is asked.</summary>
    public const int MovedFromMax = 1024;

    /// <summary>Lines that a person has entered and that were not looked at. Beyond: the keyboard waits.</summary>
    public const int EnteredMax = 1024;

    /// <summary>Bytes of lines that were read from standard input and are not submitted. Beyond: no more is read.</summary>
    public const int TypedBytesMax = 256 * 1024;

    /// <summary>Bytes that wait to be written to a terminal. Beyond: whoever has more waits.</summary>
    public const int ScreenBytesMax = 1 << 20;
}
