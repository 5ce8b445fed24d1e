using System.IO.Pipelines;

namespace Norris.Transport;

/// <summary>How much memory one connection may hold, and how long a listener rests when the machine has nothing left to give.</summary>
internal sealed record ConnectionLimits
{
    /// <summary>The limits that hold unless somebody says otherwise.</summary>
    public static ConnectionLimits Default { get; } = new();

    /// <summary>
    /// What holds in a process that may have so many descriptors open: a quarter of them is kept for connections that it opens itself, so that a crowd at the
    /// door keeps no host from its followers, and no follower from its host.
    /// </summary>
    /// <param name="descriptors">How many; null where that is not known.</param>
    public static ConnectionLimits Within(int? descriptors) =>
        descriptors is { } most ? Default with { ConnectionsMax = Math.Clamp((int)(most * 3L / 4), 1, Default.ConnectionsMax) } : Default;

    /// <summary>A pipe for what is received: its reader runs on the thread that received, which has nothing else to do.</summary>
    public Pipe NewInputPipe() => new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.ThreadPool,
        pauseWriterThreshold: InputPauseBytes,
        resumeWriterThreshold: InputResumeBytes,
        minimumSegmentSize: BlockBytes,
        useSynchronizationContext: false));

    /// <summary>Received and unread bytes beyond which we stop reading from the peer.</summary>
    public int InputPauseBytes { get; init; } = 128 * 1024;

    /// <summary>Received and unread bytes below which we read again.</summary>
    public int InputResumeBytes { get; init; } = 64 * 1024;

    /// <summary>Least size of a pooled block, for input and output.</summary>
    public int BlockBytes { get; init; } = 4096;

    /// <summary>Connections that a listener keeps open at once; further peers wait in the kernel's queue.</summary>
    public int ConnectionsMax { get; init; } = 16 * 1024;

    /// <summary>Connections that the kernel queues before they are accepted; it queues no more than net.core.somaxconn (4,096 by default, Linux 5.4).</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Seconds of silence after which the kernel asks a peer whether it is there, and between its three questions.</summary>
    public int KeepAliveProbeSeconds { get; init; } = 20;

    /// <summary>How long a listener waits after the machine ran out of descriptors or memory.</summary>
    public TimeSpan AcceptPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a TLS handshake may take, from the connection on.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Handshakes that may be unfinished at once; when there are more, the oldest one is given up.</summary>
    public int HandshakesMax { get; init; } = 256;

    /// <summary>How long somebody who is turned away may take to read why.</summary>
    public TimeSpan RefusalLinger { get; init; } = TimeSpan.FromSeconds(1);
}
