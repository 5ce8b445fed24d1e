using System.Text;

namespace Norris.Terminal.Editing;

/// <summary>Looks for an earlier line that contains what is typed, from the newest on, as readline's Ctrl-R does.</summary>
/// <param name="history">The lines.</param>
/// <param name="draft">What was being written.</param>
internal sealed class HistorySearch(History history, string draft)
{
    private int _at = history.Lines.Count;

    /// <summary>What comes back when the search is given up.</summary>
    public string Draft { get; } = draft;

    /// <summary>What is looked for.</summary>
    public string Wanted { get; private set; } = "";

    /// <summary>The line that was found; null when none contains it, and what was found before stays.</summary>
    public string? Found { get; private set; }

    /// <summary>Adds a character, which the line found last may contain, too.</summary>
    public void Add(Rune rune)
    {
        Wanted += rune.ToString();
        Find(_at);
    }

    /// <summary>Takes the last character away, and looks from the newest line on again.</summary>
    public void RemoveLast()
    {
        if (Wanted.Length > 0)
        {
            Wanted = Wanted[..^(char.IsLowSurrogate(Wanted[^1]) ? 2 : 1)];
        }
        Find(history.Lines.Count - 1);
    }

    /// <summary>Goes on to the line before the one that was found.</summary>
    public void FindOlder() => Find(_at - 1);

    private void Find(int from)
    {
        Found = null;
        _at = Wanted.Length == 0 ? history.Lines.Count : _at;
        for (int i = Math.Min(from, history.Lines.Count - 1); i >= 0 && Wanted.Length > 0; i--)
        {
            if (history.Lines[i].Contains(Wanted, StringComparison.OrdinalIgnoreCase))
            {
                (_at, Found) = (i, history.Lines[i]);
                return;
            }
        }
    }
}
