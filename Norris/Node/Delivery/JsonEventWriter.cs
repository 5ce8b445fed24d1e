using System.Buffers;
using System.Text;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// Writes events as JSON objects, without the line end: what <c>--output json</c> prints and <c>/v1/events</c> carries.
/// Fields stand in a fixed order, so that lines compare as text.
/// <code>
/// listening = type address [web]
/// ready     = type member name epoch seq members
/// message   = type epoch seq time from name text
/// joined    = type epoch seq time member name ( address / via )     ; via for a guest
/// left      = type epoch seq time member name reason                ; "left" / "lost" / "slow"
/// renamed   = type epoch seq time member name old
/// host      = type epoch seq time member name
/// gap       = type after before reason
/// stable    = type seq                                              ; of /v1/events, for whoever asks for it
/// </code>
/// One thread at a time uses it. A message costs no allocation.
/// </summary>
internal sealed class JsonEventWriter
{
    private readonly TimeText _time = TimeText.Utc();

    /// <summary>Writes an entry.</summary>
    /// <param name="output">Takes the object.</param>
    /// <param name="roster">The view before the entry: <see cref="Roster.Apply"/> follows.</param>
    /// <param name="sequence">The entry's place in the log.</param>
    /// <param name="entry">A well-formed entry.</param>
    public void Write(IBufferWriter<byte> output, Roster roster, SequenceNumber sequence, in Entry entry)
    {
        var sink = new Utf8Sink(output);
        switch (entry.Type)
        {
            case EntryType.Message:
                Begin(ref sink, "{\"type\":\"message\",\"epoch\":"u8, roster.Epoch, sequence, entry.Time);
                AppendMember(ref sink, ",\"from\":\""u8, roster, entry.Author);
                sink.Append(",\"text\":"u8);
                JsonText.AppendQuoted(ref sink, entry.Text);
                break;
            case EntryType.Joined:
                Begin(ref sink, "{\"type\":\"joined\",\"epoch\":"u8, roster.Epoch, sequence, entry.Time);
                AppendJoined(ref sink, entry);
                AppendAlike(ref sink, roster.MakesAlike(entry));
                break;
            case EntryType.Left:
                Begin(ref sink, "{\"type\":\"left\",\"epoch\":"u8, roster.Epoch, sequence, entry.Time);
                AppendMember(ref sink, ",\"member\":\""u8, roster, entry.Subject);
                sink.Append(",\"reason\":\""u8);
                sink.Append(Word(entry.Reason));
                sink.Append((byte)'"');
                break;
            case EntryType.Renamed:
                Begin(ref sink, "{\"type\":\"renamed\",\"epoch\":"u8, roster.Epoch, sequence, entry.Time);
                AppendId(ref sink, ",\"member\":\""u8, entry.Subject);
                JsonText.AppendQuoted(ref sink, entry.NewName);
                sink.Append(",\"old\":"u8);
                AppendName(ref sink, roster, entry.Subject);
                AppendAlike(ref sink, roster.MakesAlike(entry));
                break;
            case EntryType.EpochStarted:
                Begin(ref sink, "{\"type\":\"host\",\"epoch\":"u8, entry.NewEpoch, sequence, entry.Time);
                AppendMember(ref sink, ",\"member\":\""u8, roster, entry.Subject);
                break;
            default:
                break;
        }
        sink.Append((byte)'}');
        sink.Flush();
    }

    /// <summary>Writes where the node listens: the first line of output.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="web">Where the page is, with the key to it, when that is somewhere else.</param>
    public static void WriteListening(IBufferWriter<byte> output, string address, string? web = null)
    {
        var sink = new Utf8Sink(output);
        sink.Append("{\"type\":\"listening\",\"address\":"u8);
        JsonText.AppendQuoted(ref sink, Encoding.UTF8.GetBytes(address));
        if (web is not null)
        {
            sink.Append(",\"web\":"u8);
            JsonText.AppendQuoted(ref sink, Encoding.UTF8.GetBytes(web));
        }
        sink.Append((byte)'}');
        sink.Flush();
    }

    /// <summary>Writes that the node <paramref name="self"/> is in the view, which is <paramref name="roster"/>, and delivers what follows <paramref name="sequence"/>.</summary>
    public static void WriteReady(IBufferWriter<byte> output, Roster roster, MemberId self, SequenceNumber sequence)
    {
        var sink = new Utf8Sink(output);
        sink.Append("{\"type\":\"ready\""u8);
        AppendMember(ref sink, ",\"member\":\""u8, roster, self);
        sink.Append(",\"epoch\":"u8);
        sink.Append(roster.Epoch.Value);
        sink.Append(",\"seq\":"u8);
        sink.Append(sequence.Value);
        sink.Append(",\"members\":"u8);
        sink.Append((ulong)roster.Count);
        sink.Append((byte)'}');
        sink.Flush();
    }

    /// <summary>Writes that this node missed what lies between two entries.</summary>
    public static void WriteGap(IBufferWriter<byte> output, SequenceNumber after, SequenceNumber before, string reason)
    {
        var sink = new Utf8Sink(output);
        sink.Append("{\"type\":\"gap\",\"after\":"u8);
        sink.Append(after.Value);
        sink.Append(",\"before\":"u8);
        sink.Append(before.Value);
        sink.Append(",\"reason\":"u8);
        JsonText.AppendQuoted(ref sink, Encoding.UTF8.GetBytes(reason));
        sink.Append((byte)'}');
        sink.Flush();
    }

    /// <summary>Writes that every node has the entries up to <paramref name="sequence"/>.</summary>
    public static void WriteStable(IBufferWriter<byte> output, SequenceNumber sequence)
    {
        var sink = new Utf8Sink(output);
        sink.Append("{\"type\":\"stable\",\"seq\":"u8);
        sink.Append(sequence.Value);
        sink.Append((byte)'}');
        sink.Flush();
    }

    /// <summary>The word that stands for a gap's reason, in JSON and in text.</summary>
    public static string Word(GapReason reason) => reason switch
    {
        GapReason.Slow => "slow",
        GapReason.Merged => "merged",
        _ => "lost",
    };

    /// <summary>The word that stands for a reason in JSON.</summary>
    public static ReadOnlySpan<byte> Word(LeaveReason reason) => reason switch
    {
        LeaveReason.Lost => "lost"u8,
        LeaveReason.Slow => "slow"u8,
        _ => "left"u8,
    };

    private void Begin(ref Utf8Sink sink, ReadOnlySpan<byte> begin, Epoch epoch, SequenceNumber sequence, Timestamp time)
    {
        sink.Append(begin);
        sink.Append(epoch.Value);
        sink.Append(",\"seq\":"u8);
        sink.Append(sequence.Value);
        sink.Append(",\"time\":\""u8);
        _time.AppendRfc3339(ref sink, time);
        sink.Append((byte)'"');
    }

    private static void AppendJoined(ref Utf8Sink sink, in Entry entry)
    {
        AppendId(ref sink, ",\"member\":\""u8, entry.Subject);
        JsonText.AppendQuoted(ref sink, entry.JoinedName);
        if (entry.JoinedKind == MemberKind.Guest)
        {
            sink.Append(",\"via\":\""u8);
            sink.Append(entry.JoinedVia);
            sink.Append((byte)'"');
        }
        else
        {
            sink.Append(",\"address\":"u8);
            JsonText.AppendQuoted(ref sink, entry.JoinedAddress);
        }
    }

    /// <summary>Whose name may be taken for another's; else nothing.</summary>
    private static void AppendAlike(ref Utf8Sink sink, bool isAlike) => sink.Append(isAlike ? ",\"alike\":true"u8 : default);

    private static void AppendMember(ref Utf8Sink sink, ReadOnlySpan<byte> field, Roster roster, MemberId id)
    {
        AppendId(ref sink, field, id);
        AppendName(ref sink, roster, id);
    }

    private static void AppendId(ref Utf8Sink sink, ReadOnlySpan<byte> field, MemberId id)
    {
        sink.Append(field);
        sink.Append(id);
        sink.Append("\",\"name\":"u8);
    }

    // Somebody who is not in the view is named by the id, so that the field is always there.
    private static void AppendName(ref Utf8Sink sink, Roster roster, MemberId id)
    {
        if (roster.Find(id) is { } member)
        {
            sink.Append(member.NameJson);
            return;
        }
        sink.Append((byte)'"');
        sink.Append(id);
        sink.Append((byte)'"');
    }
}
