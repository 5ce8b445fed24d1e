namespace Norris.Options;

/// <summary>
/// Looks at the arguments before CommandLineParser does, and hands it only what leaves nothing to guess: switches, and
/// <c>--option=value</c>. CommandLineParser 2.9.1 by itself ignores an option whose value is missing at the end of the line,
/// takes <c>--name</c> for the value in <c>--listen --name x</c>, turns <c>--headless=false</c> on, and knows no repeated
/// <c>--join</c> unless everything may repeat.
/// </summary>
internal sealed class ArgumentScan
{
    private readonly List<string> _arguments = [];
    private readonly List<string> _joins = [];
    private readonly List<string> _errors = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    private ArgumentScan()
    {
    }

    /// <summary>What CommandLineParser is to read.</summary>
    public IReadOnlyList<string> Arguments => _arguments;

    /// <summary>What is wrong, one line for each argument; empty when nothing is.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Whether <c>--help</c> was asked for; it is answered whatever else is wrong.</summary>
    public bool WantsHelp => _seen.Contains("--help") || _seen.Contains("-h");

    /// <summary>Whether <c>--man</c> was asked for; it is answered whatever else is wrong.</summary>
    public bool WantsManual => _seen.Contains("--man");

    /// <summary>Whether <c>--version</c> was asked for; it is answered whatever else is wrong.</summary>
    public bool WantsVersion => _seen.Contains("--version");

    /// <summary>Whether <c>--new-secret</c> was asked for; it is answered whatever else is wrong.</summary>
    public bool WantsNewSecret => _seen.Contains("--new-secret");

    /// <summary>Scans what was typed after the program's name.</summary>
    public static ArgumentScan Of(IReadOnlyList<string> typed)
    {
        var scan = new ArgumentScan();
        int next = 0;
        while (next < typed.Count)
        {
            next = scan.TakeOne(typed, next);
        }
        if (scan._joins.Count > 0)
        {
            scan._arguments.Add("--join=" + string.Join(',', scan._joins));
        }
        return scan;
    }

    private int TakeOne(IReadOnlyList<string> typed, int index)
    {
        string argument = typed[index];
        if (!argument.StartsWith('-') || argument is "-" or "--")
        {
            ReportStray(argument);
            return index + 1;
        }
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? argument : argument[..equals];
        if (KnownOption.Find(name) is not { } option)
        {
            _errors.Add($"{UsageError.Shown(name)}: unknown option; {NearestOption(name)}");
            // What follows an unknown option is most likely its value: one mistake, one line.
            bool valueFollows = equals < 0 && index + 1 < typed.Count && !typed[index + 1].StartsWith('-');
            return index + (valueFollows ? 2 : 1);
        }
        bool isRepeated = !_seen.Add(name) && !option.Repeats;
        int taken = _arguments.Count;
        int next = option.Takes is null
            ? TakeSwitch(argument, name, equals, index)
            : TakeValue(typed, option, equals, index);
        if (isRepeated)
        {
            _arguments.RemoveRange(taken, _arguments.Count - taken);
            _errors.Add($"{name}: given more than once; give it once");
        }
        return next;
    }

    private int TakeSwitch(string argument, string name, int equals, int index)
    {
        if (equals >= 0)
        {
            _errors.Add($"{name}: takes no value, but {UsageError.Shown(argument[(equals + 1)..])} was given; leave it out for off");
        }
        else
        {
            _arguments.Add(name);
        }
        return index + 1;
    }

    private int TakeValue(IReadOnlyList<string> typed, KnownOption option, int equals, int index)
    {
        bool isNext = equals < 0 && index + 1 < typed.Count && !typed[index + 1].StartsWith("--", StringComparison.Ordinal);
        string value = equals >= 0 ? typed[index][(equals + 1)..] : isNext ? typed[index + 1] : "";
        if (value.Length == 0)
        {
            _errors.Add($"{option.Name}: a value is missing; give {option.Takes}");
        }
        else if (option.Repeats)
        {
            _joins.Add(value);
        }
        else
        {
            _arguments.Add($"{option.Name}={value}");
        }
        return index + (isNext ? 2 : 1);
    }

    private void ReportStray(string argument)
    {
        string hint = argument.Contains(':', StringComparison.Ordinal)
            ? $"to join through it, write --join {UsageError.Shown(argument)}"
            : "options begin with --, and norris --help lists them";
        _errors.Add($"{UsageError.Shown(argument)}: unexpected argument; {hint}");
    }

    private static string NearestOption(string name) =>
        NearestWord.Find(name, KnownOption.All.Select(option => option.Name).Where(known => known.Length > 2)) is { } nearest
            ? $"did you mean {nearest}?"
            : "norris --help lists them";
}
