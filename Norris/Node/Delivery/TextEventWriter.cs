using System.Buffers;
using System.Globalization;
using System.Text;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// Writes events for people, one line each with its line end: the time of day in a given zone, then <c>&lt;alice&gt; hi</c> for a
/// message or <c>* bob joined (127.0.0.1:7001)</c> for anything else. What others wrote goes through <see cref="SafeText"/>;
/// a message of several lines continues under its first one. One thread at a time uses it.
/// </summary>
internal sealed class TextEventWriter(TimeZoneInfo zone)
{
    private readonly TimeText _time = TimeText.OfDay(zone);
    private Timestamp _midnight;
    private DateTime _day;

    // As wide as "12:34:56 ", so that text that pretends to be the next line cannot stand where its time would.
    private static ReadOnlySpan<byte> Continuation => "\n         "u8;

    // What somebody does, as in XEP-0245; told with another sign than what the order tells, which nobody can forge.
    private static ReadOnlySpan<byte> Action => "/me "u8;

    /// <summary>Writes an entry.</summary>
    /// <param name="output">Takes the line.</param>
    /// <param name="roster">The view before the entry: <see cref="Roster.Apply"/> follows.</param>
    /// <param name="entry">A well-formed entry.</param>
    public void Write(IBufferWriter<byte> output, Roster roster, in Entry entry)
    {
        if (roster.IsVoid(entry))
        {
            return;
        }
        var sink = new Utf8Sink(output);
        AppendNewDay(ref sink, entry.Time);
        _time.AppendTimeOfDay(ref sink, entry.Time);
        switch (entry.Type)
        {
            case EntryType.Message:
                bool isAction = entry.Text.StartsWith(Action);
                sink.Append(isAction ? " • "u8 : " <"u8);
                AppendName(ref sink, roster, entry.Author);
                sink.Append(isAction ? " "u8 : "> "u8);
                SafeText.Append(ref sink, isAction ? entry.Text[Action.Length..] : entry.Text, Continuation);
                break;
            case EntryType.Joined:
                AppendJoined(ref sink, roster, entry);
                break;
            case EntryType.Left:
                sink.Append(" * "u8);
                AppendName(ref sink, roster, entry.Subject);
                sink.Append(entry.Reason switch
                {
                    LeaveReason.Lost => " is gone (lost)"u8,
                    LeaveReason.Slow => " is gone (too slow)"u8,
                    _ => " left"u8,
                });
                break;
            case EntryType.Renamed:
                sink.Append(" * "u8);
                AppendName(ref sink, roster, entry.Subject);
                sink.Append(" is called "u8);
                SafeText.Append(ref sink, entry.NewName, "␊"u8);
                AppendMark(ref sink, roster.MakesAlike(entry), entry.Subject);
                sink.Append(" now"u8);
                break;
            case EntryType.EpochStarted:
                sink.Append(" * "u8);
                AppendName(ref sink, roster, entry.Subject);
                sink.Append(" is the host now (epoch "u8);
                sink.Append(entry.NewEpoch.Value);
                sink.Append((byte)')');
                break;
            default:
                break;
        }
        sink.Append((byte)'\n');
        sink.Flush();
    }

    /// <summary>Writes where the node listens.</summary>
    public static void WriteListening(IBufferWriter<byte> output, string address) => WriteNotice(output, $"listening on {address}");

    /// <summary>Writes that the node <paramref name="self"/> is in the view, which is <paramref name="roster"/>.</summary>
    public static void WriteReady(IBufferWriter<byte> output, Roster roster, MemberId self) => WriteNotice(output, ReadyText(roster, self));

    /// <summary>What <see cref="WriteReady"/> says.</summary>
    public static string ReadyText(Roster roster, MemberId self)
    {
        string others = roster.Count switch
        {
            <= 1 => "nobody else is here yet",
            2 => "one other is here",
            int count => string.Create(CultureInfo.InvariantCulture, $"{count - 1} others are here"),
        };
        string host = roster.Host == self ? " and the host" : "";
        return $"you are {roster.NameOf(self)}{host}; {others}";
    }

    /// <summary>Writes that this node missed what lies between two entries.</summary>
    public static void WriteGap(IBufferWriter<byte> output, SequenceNumber after, SequenceNumber before, string reason) =>
        WriteNotice(output, GapText(after, before, reason));

    /// <summary>What <see cref="WriteGap"/> says.</summary>
    public static string GapText(SequenceNumber after, SequenceNumber before, string reason)
    {
        ulong missed = before > after.Next ? before.Value - after.Value - 1 : 0;
        string what = missed switch
        {
            0 => "something was missed here",
            1 => "one entry was missed here",
            _ => string.Create(CultureInfo.InvariantCulture, $"{missed} entries were missed here"),
        };
        return reason == "merged"
            ? "back together: this side joined the other, whose messages of the time apart were not seen here"
            : $"{what}: {reason}";
    }

    /// <summary>Writes a line of the node's own, without a time.</summary>
    public static void WriteNotice(IBufferWriter<byte> output, string notice)
    {
        var sink = new Utf8Sink(output);
        sink.Append("* "u8);
        SafeText.Append(ref sink, Encoding.UTF8.GetBytes(notice), Continuation);
        sink.Append((byte)'\n');
        sink.Flush();
    }

    /// <summary>Writes who is in the view, in order of joining, one line a member: what <c>/who</c> answers.</summary>
    public static void WriteMembers(IBufferWriter<byte> output, Roster roster, MemberId self)
    {
        foreach (string line in MembersText(roster, self))
        {
            WriteNotice(output, line);
        }
    }

    /// <summary>What <see cref="WriteMembers"/> says.</summary>
    public static IReadOnlyList<string> MembersText(Roster roster, MemberId self)
    {
        var lines = new List<string>(roster.Count + 1) { roster.Count == 1 ? "one member:" : string.Create(CultureInfo.InvariantCulture, $"{roster.Count} members:") };
        foreach (RosterMember member in roster.Members)
        {
            string role = member.Kind == MemberKind.Guest ? "guest" : member.Id == roster.Host ? "host" : "node";
            string where = member.Kind == MemberKind.Guest ? $"through {roster.NameOf(member.Via)}"
                : member.IsReachable ? member.Address : $"{member.Address} (out of reach: cannot be host)";
            string you = member.Id == self ? ", you" : "";
            string alike = roster.IsAlike(member) ? ", a look-alike" : "";
            lines.Add($"  {member.Name}  {role}{you}{alike}, {where}  [{member.Id}]");
        }
        return lines;
    }

    // Times are of the day only, so where one day ends and another begins it is said.
    private void AppendNewDay(ref Utf8Sink sink, Timestamp time)
    {
        if (time < _midnight)
        {
            return;
        }
        DateTime now = TimeZoneInfo.ConvertTimeFromUtc(time.ToDateTimeUtc(), zone);
        if (_midnight != Timestamp.Zero && now.Date != _day)
        {
            sink.Append("* it is "u8);
            sink.Append(Encoding.UTF8.GetBytes(now.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture)));
            sink.Append((byte)'\n');
        }
        // Where clocks are changed it may be an hour off; then this is looked at once more.
        _day = now.Date;
        _midnight = now.Date < DateTime.MaxValue.Date ? time.Plus((long)(now.Date.AddDays(1) - now).TotalMicroseconds) : Timestamp.Infinite;
    }

    private static void AppendJoined(ref Utf8Sink sink, Roster roster, in Entry entry)
    {
        sink.Append(" * "u8);
        SafeText.Append(ref sink, entry.JoinedName, "␊"u8);
        AppendMark(ref sink, roster.MakesAlike(entry), entry.Subject);
        if (entry.JoinedKind == MemberKind.Guest)
        {
            sink.Append(" joined (guest of "u8);
            AppendName(ref sink, roster, entry.JoinedVia);
        }
        else
        {
            sink.Append(" joined ("u8);
            SafeText.Append(ref sink, entry.JoinedAddress, "␊"u8);
        }
        sink.Append((byte)')');
    }

    /// <summary>Whose name may be taken for another's is told apart by the id.</summary>
    private static void AppendMark(ref Utf8Sink sink, bool isAlike, MemberId id)
    {
        if (isAlike)
        {
            sink.Append(" ["u8);
            sink.Append(id);
            sink.Append((byte)']');
        }
    }

    // Somebody who is not in the view is named by the id.
    private static void AppendName(ref Utf8Sink sink, Roster roster, MemberId id)
    {
        if (roster.Find(id) is { } member)
        {
            sink.Append(member.NameSafe);
            AppendMark(ref sink, roster.IsAlike(member), id);
        }
        else
        {
            sink.Append(id);
        }
    }
}
