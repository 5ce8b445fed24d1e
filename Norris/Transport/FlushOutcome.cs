namespace Norris.Transport;

/// <summary>What became of a flush.</summary>
internal enum FlushOutcome
{
    /// <summary>The transport has taken every byte.</summary>
    Flushed,

    /// <summary>The peer is gone, or the connection was aborted; the bytes are forgotten and nothing more can be sent.</summary>
    Closed,
}
