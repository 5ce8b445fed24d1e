namespace Norris.Terminal.Editing;

/// <summary>
/// Completes what stands before the cursor when Tab is pressed: a command at the begin of the line, a name anywhere. Pressed again, it
/// goes on to the next that fits. A name at the begin of a message gets a colon, since that is whom the message is to.
/// </summary>
/// <param name="commands">The commands, each with its slash.</param>
/// <param name="names">Asked for the names of those who are here, whenever Tab is pressed first.</param>
internal sealed class Completion(IReadOnlyList<string> commands, Func<IReadOnlyList<string>> names)
{
    private static readonly string[] TakeName = ["/whois ", "/ignore "];

    private string[] _candidates = [];
    private int _from;
    private int _next;

    /// <summary>What to put from where up to the cursor; null when nothing fits.</summary>
    public (int From, string Text)? Next(ReadOnlySpan<char> text, int cursor)
    {
        if (_candidates.Length == 0)
        {
            Begin(text[..cursor]);
            if (_candidates.Length == 0)
            {
                return null;
            }
        }
        string completed = _candidates[_next];
        _next = (_next + 1) % _candidates.Length;
        return (_from, completed);
    }

    /// <summary>Another key was pressed: Tab begins anew.</summary>
    public void End() => _candidates = [];

    private void Begin(ReadOnlySpan<char> before)
    {
        _next = 0;
        string line = before.ToString();
        if (line.StartsWith('/') && !line.AsSpan().ContainsAny(' ', '\n'))
        {
            _from = 0;
            _candidates = [.. commands.Where(command => command.StartsWith(line, StringComparison.OrdinalIgnoreCase)).Select(static command => command + " ")];
            return;
        }
        foreach (string command in TakeName)
        {
            if (line.StartsWith(command, StringComparison.OrdinalIgnoreCase))
            {
                Find(line, command.Length, "");
                return;
            }
        }
        // Names may have blanks in them: the longest run of words that begins one is what is completed.
        for (int from = 0; from >= 0 && from < line.Length; from = NextWord(line, from))
        {
            Find(line, from, from == 0 ? ": " : " ");
            if (_candidates.Length > 0)
            {
                return;
            }
        }
    }

    private void Find(string line, int from, string behind)
    {
        int at = from < line.Length && line[from] == '@' && behind.Length > 0 ? from + 1 : from;
        string wanted = line[at..];
        _from = at;
        _candidates = wanted.Length == 0 && behind.Length > 0
            ? []
            : [.. names().Where(name => name.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)).Select(name => name + behind)];
    }

    private static int NextWord(string line, int from)
    {
        int blank = line.AsSpan(from).IndexOfAny(' ', '\n', '\t');
        return blank < 0 ? -1 : from + blank + 1;
    }
}
