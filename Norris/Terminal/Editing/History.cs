namespace Norris.Terminal.Editing;

/// <summary>
/// The lines that were sent, for Up and Down, in memory only. The line being written is the newest of them all: it comes
/// back when somebody went up and down again.
/// </summary>
internal sealed class History
{
    /// <summary>How many lines are kept.</summary>
    public const int LinesMax = 500;

    private readonly List<string> _lines = [];
    private int _at;
    private string _draft = "";

    /// <summary>Adds a line that was sent, and stands behind it. The same line twice in a row is one.</summary>
    public void Add(string line)
    {
        if (_lines.Count == 0 || _lines[^1] != line)
        {
            _lines.Add(line);
        }
        if (_lines.Count > LinesMax)
        {
            _lines.RemoveAt(0);
        }
        _at = _lines.Count;
        _draft = "";
    }

    /// <summary>The line before, or null at the first; <paramref name="current"/> is kept when it is the draft.</summary>
    public string? Older(string current)
    {
        if (_at == 0)
        {
            return null;
        }
        if (_at == _lines.Count)
        {
            _draft = current;
        }
        return _lines[--_at];
    }

    /// <summary>The line after, at last the draft; null behind it.</summary>
    public string? Newer()
    {
        if (_at >= _lines.Count)
        {
            return null;
        }
        _at++;
        return _at == _lines.Count ? _draft : _lines[_at];
    }

    /// <summary>The lines, the oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;
}
