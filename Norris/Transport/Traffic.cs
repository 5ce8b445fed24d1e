namespace Norris.Transport;

/// <summary>Bytes that went through some connections since the start, counted once for each send and each receive. Any thread.</summary>
internal sealed class Traffic
{
    private long _received;
    private long _sent;

    /// <summary>Bytes received.</summary>
    public long ReceivedBytes => Volatile.Read(ref _received);

    /// <summary>Bytes sent.</summary>
    public long SentBytes => Volatile.Read(ref _sent);

    /// <summary>So many bytes were received.</summary>
    public void Received(int bytes) => Interlocked.Add(ref _received, bytes);

    /// <summary>So many bytes were sent.</summary>
    public void Sent(int bytes) => Interlocked.Add(ref _sent, bytes);
}
