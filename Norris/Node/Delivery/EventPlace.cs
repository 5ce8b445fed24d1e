using System.Buffers.Text;
using System.Globalization;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// The place of an event that somebody saw last, as its id says it in a stream of server-sent events:
/// <code>
/// id = epoch "." sequence "." network        ; network: 16 hexadecimal digits
/// </code>
/// The epoch tells sides of a network apart that count alike, the network one that was begun anew at the same address. Who asks may leave out the
/// network, and the epoch with it.
/// </summary>
/// <param name="Sequence">Its place in the order.</param>
/// <param name="Epoch">In which epoch; null when that is not known.</param>
/// <param name="Network">In which network; null when that is not known.</param>
internal readonly record struct EventPlace(SequenceNumber Sequence, Epoch? Epoch = null, ulong? Network = null)
{
    private const int NetworkDigits = 16;

    /// <summary>Reads an id, or a sequence number alone.</summary>
    public static bool TryParse(ReadOnlySpan<byte> id, out EventPlace place)
    {
        place = default;
        Epoch? epoch = null;
        int dot = id.IndexOf((byte)'.');
        if (dot >= 0)
        {
            if (!TryReadNumber(id[..dot], out ulong number))
            {
                return false;
            }
            epoch = new Epoch(number);
            id = id[(dot + 1)..];
        }
        ulong? network = null;
        dot = id.IndexOf((byte)'.');
        if (dot >= 0)
        {
            ReadOnlySpan<byte> digits = id[(dot + 1)..];
            if (digits.Length != NetworkDigits || !Utf8Parser.TryParse(digits, out ulong value, out int read, 'x') || read != NetworkDigits)
            {
                return false;
            }
            network = value;
            id = id[..dot];
        }
        if (!TryReadNumber(id, out ulong sequence))
        {
            return false;
        }
        place = new EventPlace(new SequenceNumber(sequence), epoch, network);
        return true;
    }

    /// <summary>Appends it as an id says it.</summary>
    public void AppendTo(ref Utf8Sink sink)
    {
        if (Epoch is { } epoch)
        {
            sink.Append(epoch.Value);
            sink.Append((byte)'.');
        }
        sink.Append(Sequence.Value);
        if (Network is { } network)
        {
            sink.Append((byte)'.');
            sink.AppendHex(network);
        }
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> digits, out ulong number) =>
        ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
