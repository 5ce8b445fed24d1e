namespace Norris.Transport;

/// <summary>How the input of a connection ended.</summary>
internal enum ConnectionEnd
{
    /// <summary>It has not: more may come.</summary>
    Open,

    /// <summary>The peer finished sending in good order (FIN).</summary>
    Finished,

    /// <summary>The peer, or the network between, broke the connection.</summary>
    Reset,

    /// <summary>We did.</summary>
    Aborted,
}
