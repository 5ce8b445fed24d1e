using System.Buffers;
using System.Globalization;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// What stands around an event's JSON in a stream of server-sent events (WHATWG HTML, section 9.2.5):
/// <code>
/// event = [ "id: " epoch "." sequence LF ] "data: " object LF LF
/// </code>
/// Only entries have an id: who connects again with the last one misses nothing. The epoch tells sides of a network apart that count alike.
/// </summary>
internal static class SseForm
{
    /// <summary>Writes an entry, as <paramref name="json"/> does before <paramref name="roster"/> takes it in.</summary>
    public static void Write(IBufferWriter<byte> output, JsonEventWriter json, Roster roster, SequenceNumber sequence, in Entry entry)
    {
        BeginEntry(output, entry.Type == EntryType.EpochStarted ? entry.NewEpoch : roster.Epoch, sequence);
        json.Write(output, roster, sequence, entry);
        End(output);
    }

    private static void BeginEntry(IBufferWriter<byte> output, Epoch epoch, SequenceNumber sequence)
    {
        var sink = new Utf8Sink(output);
        sink.Append("id: "u8);
        sink.Append(epoch.Value);
        sink.Append((byte)'.');
        sink.Append(sequence.Value);
        sink.Append((byte)'\n');
        sink.Flush();
        Begin(output);
    }

    /// <summary>Reads what stands in an id; or a sequence number alone, with no epoch.</summary>
    public static bool TryReadId(ReadOnlySpan<byte> id, out Epoch? epoch, out SequenceNumber sequence)
    {
        (epoch, sequence) = (null, SequenceNumber.None);
        int dot = id.IndexOf((byte)'.');
        if (dot >= 0)
        {
            if (!ulong.TryParse(id[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            {
                return false;
            }
            epoch = new Epoch(number);
        }
        if (!ulong.TryParse(id[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            return false;
        }
        sequence = new SequenceNumber(value);
        return true;
    }

    /// <summary>Begins what is no entry.</summary>
    public static void Begin(IBufferWriter<byte> output) => output.Write("data: "u8);

    /// <summary>Ends it.</summary>
    public static void End(IBufferWriter<byte> output) => output.Write("\n\n"u8);
}
