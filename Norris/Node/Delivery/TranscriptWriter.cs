using System.Buffers;
using System.Globalization;
using System.Text;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// Makes items of a <see cref="Transcript"/> out of entries, in the words of <see cref="TextEventWriter"/>, and tells comings and goings that belong
/// together in one.
/// </summary>
internal static class TranscriptWriter
{
    /// <summary>How many names one line about comings and goings tells.</summary>
    public const int NamesMax = 5;

    /// <summary>Within how long comings and goings are told together, in microseconds.</summary>
    private const long TogetherMicroseconds = 3_000_000;

    /// <summary>What an entry tells; null when it tells nothing.</summary>
    /// <param name="roster">The view before the entry.</param>
    /// <param name="sequence">Its place.</param>
    /// <param name="entry">A well-formed entry.</param>
    /// <param name="self">Whose name is a mention when others say it.</param>
    public static TranscriptItem? Describe(Roster roster, SequenceNumber sequence, in Entry entry, MemberId self)
    {
        switch (entry.Type)
        {
            case EntryType.Message:
                string text = Lines(entry.Text);
                return new TranscriptItem
                {
                    Kind = TranscriptKind.Message,
                    Time = entry.Time,
                    Sequence = sequence,
                    Author = entry.Author,
                    Name = roster.ShownNameOf(entry.Author),
                    Text = text,
                    IsMention = entry.Author != self && roster.Find(self) is { } own && Mention.IsIn(text, own.Name),
                };
            case EntryType.Joined:
                string where = entry.JoinedKind == MemberKind.Guest
                    ? $"joined (guest of {roster.ShownNameOf(entry.JoinedVia)})"
                    : $"joined ({Line(entry.JoinedAddress)})";
                return Of(TranscriptKind.Joined, sequence, entry, where) with { Names = [roster.ShownNewName(entry)] };
            case EntryType.Left:
                string how = entry.Reason switch
                {
                    LeaveReason.Lost => "gone (lost)",
                    LeaveReason.Slow => "gone (too slow)",
                    _ => "left",
                };
                return Of(TranscriptKind.Left, sequence, entry, how) with { Names = [roster.ShownNameOf(entry.Subject)] };
            case EntryType.Renamed:
                return roster.IsVoid(entry)
                    ? null
                    : Of(TranscriptKind.Change, sequence, entry, $"{roster.ShownNameOf(entry.Subject)} is called {roster.ShownNewName(entry)} now");
            case EntryType.EpochStarted:
                return Of(
                    TranscriptKind.Change, sequence, entry,
                    string.Create(CultureInfo.InvariantCulture, $"{roster.ShownNameOf(entry.Subject)} is the host now (epoch {entry.NewEpoch.Value})"));
            default:
                return null;
        }
    }

    /// <summary>Both in one, when they tell the same of others at the same time; else null.</summary>
    public static TranscriptItem? TryJoin(TranscriptItem last, TranscriptItem next)
    {
        bool isSame = last.Kind == next.Kind && last.Kind is TranscriptKind.Joined or TranscriptKind.Left
            && (last.Kind == TranscriptKind.Joined || last.Text == next.Text)
            && next.Time.Since(last.Time) < TogetherMicroseconds;
        return isSame
            ? next with { Time = last.Time, Names = [.. last.Names, .. next.Names], Text = last.Kind == TranscriptKind.Joined ? "joined" : last.Text }
            : null;
    }

    /// <summary>What a line about comings and goings says.</summary>
    public static string Sentence(TranscriptItem item)
    {
        IReadOnlyList<string> names = item.Names;
        string who = names.Count switch
        {
            0 => "",
            1 => names[0],
            <= NamesMax => $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}",
            int count => string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", names.Take(NamesMax - 1))} and {count - NamesMax + 1} others"),
        };
        string verb = item.Text.StartsWith("gone", StringComparison.Ordinal) ? names.Count == 1 ? "is " : "are " : "";
        return $"{who} {verb}{item.Text}";
    }

    /// <summary>Text from anybody, fit for a terminal, with its line breaks as LF.</summary>
    public static string Lines(ReadOnlySpan<byte> utf8)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(1, utf8.Length));
        var sink = new Utf8Sink(output);
        SafeText.Append(ref sink, utf8, "\n"u8);
        sink.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static TranscriptItem Of(TranscriptKind kind, SequenceNumber sequence, in Entry entry, string text) =>
        new() { Kind = kind, Time = entry.Time, Sequence = sequence, Text = text };

    private static string Line(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(SafeText.OneLine(utf8));
}
