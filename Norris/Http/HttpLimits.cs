namespace Norris.Http;

/// <summary>
/// Every limit of the HTTP room, each with its unit at the end of its name. They bound what one peer can cost: its memory,
/// its time, our patience. A server and a client each take one of these.
/// </summary>
internal sealed record HttpLimits
{
    /// <summary>The limits that hold unless somebody says otherwise.</summary>
    public static HttpLimits Default { get; } = new();

    /// <summary>What holds where so many connections may be open in all: one other machine's address gets a quarter of few.</summary>
    public static HttpLimits Within(int connectionsMax) => Default with { ConnectionsPerAddressMax = Math.Clamp(connectionsMax / 4, 1, Default.ConnectionsPerAddressMax) };

    /// <summary>A request line or status line with its CRLF (RFC 9112 section 3 asks for 8000 at least). Beyond: 414.</summary>
    public int StartLineBytesMax { get; init; } = 8 * 1024;

    /// <summary>All field lines of a message, or of its trailers, with their CRLFs. Beyond: 431.</summary>
    public int FieldSectionBytesMax { get; init; } = 32 * 1024;

    /// <summary>Field lines in one section. Beyond: 431.</summary>
    public int FieldLinesMax { get; init; } = 100;

    /// <summary>Content of one request, unless its route says otherwise. Beyond: 413.</summary>
    public long ContentBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Digits of a chunk size. Beyond: 400.</summary>
    public int ChunkSizeDigitsMax { get; init; } = 16;

    /// <summary>Extensions of one chunk, which are ignored. Beyond: 400.</summary>
    public int ChunkExtensionBytesMax { get; init; } = 256;

    /// <summary>Extensions of all chunks of one message: nobody may hide a flood in what we ignore. Beyond: 400.</summary>
    public int ChunkExtensionBytesTotalMax { get; init; } = 16 * 1024;

    /// <summary>Content that the handler left unread and that we read and forget to keep the connection. Beyond: it is closed.</summary>
    public long DrainBytesMax { get; init; } = 64 * 1024;

    /// <summary>How long that may take.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the first byte of a request (or from the connection, for the first one) to the end of its field section. Beyond: 408.</summary>
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection may rest between two requests.</summary>
    public TimeSpan KeepAliveIdleTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Slowest rate at which content may arrive while the handler waits for it, after the grace. 0: none.</summary>
    public int ContentRateMinBytesPerSecond { get; init; } = 240;

    /// <summary>How long content may be late before its rate matters. Beyond: 408.</summary>
    public TimeSpan ContentRateGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one flush may wait for a peer that does not read. Beyond: the connection is aborted.</summary>
    public TimeSpan WriteStallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Connections that one other machine's address may have open, so that there is room for the others. Beyond: 429, and the connection is closed.
    /// </summary>
    public int ConnectionsPerAddressMax { get; init; } = 1024;

    /// <summary>The same for the machine's own addresses, behind which there may be any number of nodes.</summary>
    public int ConnectionsFromMachineMax { get; init; } = 12 * 1024;

    /// <summary>Connections beyond those that are answered at a time before they are closed. Beyond: they are closed without a word.</summary>
    public int ConnectionsTurnedAwayMax { get; init; } = 64;

    /// <summary>How long we wait, after our last byte, for the peer to end its side.</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
