using System.Buffers;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// What stands around an event's JSON in a stream of server-sent events (WHATWG HTML, section 9.2.5):
/// <code>
/// event = [ "id: " place LF ] "data: " object LF LF        ; <see cref="EventPlace"/>
/// </code>
/// Only entries have an id: who connects again with the last one misses nothing.
/// </summary>
internal static class SseForm
{
    /// <summary>Writes an entry, as <paramref name="json"/> does before <paramref name="roster"/> takes it in.</summary>
    public static void Write(IBufferWriter<byte> output, JsonEventWriter json, Roster roster, SequenceNumber sequence, in Entry entry)
    {
        BeginEntry(output, new EventPlace(sequence, entry.Type == EntryType.EpochStarted ? entry.NewEpoch : roster.Epoch, roster.Network));
        json.Write(output, roster, sequence, entry);
        End(output);
    }

    private static void BeginEntry(IBufferWriter<byte> output, EventPlace place)
    {
        var sink = new Utf8Sink(output);
        sink.Append("id: "u8);
        place.AppendTo(ref sink);
        sink.Append((byte)'\n');
        sink.Flush();
        Begin(output);
    }

    /// <summary>Begins what is no entry.</summary>
    public static void Begin(IBufferWriter<byte> output) => output.Write("data: "u8);

    /// <summary>Ends it.</summary>
    public static void End(IBufferWriter<byte> output) => output.Write("\n\n"u8);
}
