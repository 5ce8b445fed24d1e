using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Norris.Transport.Secure;

/// <summary>
/// Turns a queue of segments into TLS records and sends them together. Small segments share a record: each costs its maker and its reader as much as
/// a large one.
/// </summary>
internal sealed class TlsOutput(TlsConnection owner, SslStream tls, ConnectionStream wire, int blockBytes) : ConnectionOutput(blockBytes)
{
    /// <summary>The most content that a record holds (RFC 8446 section 5.1).</summary>
    private const int RecordBytesMax = 16 * 1024;

    /// <summary>So many bytes of records are sent before more are made: the first are on their way while the next are encrypted.</summary>
    private const int BurstBytes = 128 * 1024;

    private readonly byte[] _record = new byte[RecordBytesMax];

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<FlushOutcome> SendAsync(List<ArraySegment<byte>> segments, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            owner.Abort();
            return FlushOutcome.Closed;
        }
        try
        {
            int filled = 0;
            foreach (ArraySegment<byte> segment in segments)
            {
                ReadOnlyMemory<byte> rest = segment;
                while (!rest.IsEmpty)
                {
                    int taken;
                    if (filled == 0 && rest.Length >= RecordBytesMax)
                    {
                        taken = RecordBytesMax;
                        await tls.WriteAsync(rest[..taken], CancellationToken.None);
                    }
                    else
                    {
                        taken = Math.Min(rest.Length, RecordBytesMax - filled);
                        rest.Span[..taken].CopyTo(_record.AsSpan(filled));
                        filled += taken;
                        if (filled == RecordBytesMax)
                        {
                            await tls.WriteAsync(_record, CancellationToken.None);
                            filled = 0;
                        }
                    }
                    rest = rest[taken..];
                    if (wire.CollectedBytes >= BurstBytes && await wire.SendAsync(cancellationToken) == FlushOutcome.Closed)
                    {
                        return FlushOutcome.Closed;
                    }
                }
            }
            if (filled > 0)
            {
                await tls.WriteAsync(_record.AsMemory(0, filled), CancellationToken.None);
            }
            return await wire.SendAsync(cancellationToken);
        }
        catch (Exception e) when (TlsConnection.IsAboutThePeer(e))
        {
            owner.Abort();
            return FlushOutcome.Closed;
        }
    }
}
