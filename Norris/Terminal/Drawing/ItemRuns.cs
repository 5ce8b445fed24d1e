using System.Globalization;
using Norris.Node.Delivery;
using Norris.Protocol.Ordering;

namespace Norris.Terminal.Drawing;

/// <summary>What is drawn for an item of the transcript: its time, who, what, and how far an own message has come.</summary>
/// <param name="zone">Whose time of day is shown.</param>
internal sealed class ItemRuns(TimeZoneInfo zone)
{
    /// <summary>Behind an own message that waits for its place.</summary>
    public const string WaitingMark = "…";

    /// <summary>Behind one that has its place.</summary>
    public const string OrderedMark = "✓";

    /// <summary>Behind one that everybody has.</summary>
    public const string StableMark = "✓✓";

    /// <summary>What a message begins with that tells what its author does (XEP-0245).</summary>
    private const string ActionPrefix = "/me ";

    /// <summary>Columns for a time and the blank behind it, on a screen so wide.</summary>
    public static int TimeColumns(int columns) => columns >= 60 ? 9 : columns >= 40 ? 6 : 0;

    /// <summary>What is drawn for an item.</summary>
    public IReadOnlyList<Run> Of(TranscriptItem item, int columns)
    {
        int timeColumns = TimeColumns(columns);
        var runs = new List<Run>(8) { new(TimeOf(item.Time, timeColumns), Ink.Faint) };
        switch (item.Kind)
        {
            case TranscriptKind.Message:
                AddMessage(runs, item.Name, item.Text, item.Own == OwnState.Waiting ? Ink.Faint : item.IsMention ? Ink.Mention : Ink.Plain);
                AddMark(runs, item);
                break;
            case TranscriptKind.Joined or TranscriptKind.Left:
                runs.Add(new Run($"* {TranscriptWriter.Sentence(item)}", Ink.System));
                break;
            case TranscriptKind.Change:
                runs.Add(new Run($"* {item.Text}", Ink.System));
                break;
            case TranscriptKind.Gap:
                runs[0] = new Run($"* {item.Text}", Ink.Warning);
                break;
            default:
                runs[0] = new Run($"* {item.Text}", Ink.System);
                break;
        }
        return runs;
    }

    /// <summary>What is drawn for an own message that waits.</summary>
    public IReadOnlyList<Run> OfWaiting(WaitingLine line, string name, int columns) =>
        Of(new TranscriptItem { Kind = TranscriptKind.Message, Name = name, Text = line.Text, Own = OwnState.Waiting }, columns);

    /// <summary>The line between two days; null when both times are of the same day.</summary>
    public string? DayBetween(Timestamp before, Timestamp after)
    {
        DateTime then = Local(before).Date;
        DateTime now = Local(after).Date;
        return then == now ? null : now.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture);
    }

    /// <summary>A line through the whole width with a text in it.</summary>
    public static Run Rule(string text, int columns, Ink ink)
    {
        string shown = $"── {text} ";
        int rest = columns - CharacterWidth.OfText(shown);
        return new Run(rest > 0 ? shown + new string('─', rest) : text, ink);
    }

    private static void AddMessage(List<Run> runs, string name, string text, Ink ink)
    {
        int hue = Palette.HueOf(name);
        if (text.StartsWith(ActionPrefix, StringComparison.Ordinal))
        {
            runs.Add(new Run("• ", Ink.Faint));
            runs.Add(new Run(name, Ink.Name, hue));
            runs.Add(new Run(text[(ActionPrefix.Length - 1)..], ink));
            return;
        }
        runs.Add(new Run("<", Ink.Faint));
        runs.Add(new Run(name, Ink.Name, hue));
        runs.Add(new Run("> ", Ink.Faint));
        runs.Add(new Run(text, ink));
    }

    private static void AddMark(List<Run> runs, TranscriptItem item)
    {
        string mark = item.Own switch
        {
            OwnState.Waiting => WaitingMark,
            OwnState.Ordered => OrderedMark,
            OwnState.Stable => StableMark,
            _ => "",
        };
        if (mark.Length > 0)
        {
            runs.Add(new Run($" {mark}", Ink.Faint));
        }
        if (item.Why.Length > 0)
        {
            runs.Add(new Run($" ! {item.Why}", Ink.Warning));
        }
    }

    private string TimeOf(Timestamp time, int columns) => columns switch
    {
        0 => "",
        _ when time == Timestamp.Zero => new string(' ', columns),
        9 => Local(time).ToString("HH:mm:ss ", CultureInfo.InvariantCulture),
        _ => Local(time).ToString("HH:mm ", CultureInfo.InvariantCulture),
    };

    private DateTime Local(Timestamp time) => TimeZoneInfo.ConvertTimeFromUtc(time.ToDateTimeUtc(), zone);
}
