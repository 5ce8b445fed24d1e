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

    /// <summary>Whether more than its number is known.</summary>
    public bool IsProven => Epoch is not null || Network is not null;

    /// <summary>Whether an event of that number, in this epoch of this network, is the one that was seen.</summary>
    public bool IsIn(Epoch epoch, ulong network) => (Epoch ?? epoch) == epoch && (Network ?? network) == network;

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

    /// <summary>As an id says it.</summary>
    public override string ToString() =>
        (Epoch is { } epoch ? $"{epoch.Value}." : "") + Sequence.Value.ToString(CultureInfo.InvariantCulture) + (Network is { } network ? $".{network:x16}" : "");

    private static bool TryReadNumber(ReadOnlySpan<byte> digits, out ulong number) =>
        ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
