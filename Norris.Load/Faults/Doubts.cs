using System.Globalization;
using System.Text.RegularExpressions;

namespace Norris.Load.Faults;

/// <summary>What a node says on standard error about messages whose fate nobody knows.</summary>
internal static partial class Doubts
{
    /// <summary>How many messages it said that about.</summary>
    public static int Count(string errors) => Told().Matches(errors).Sum(match => Number(match.Groups[2]) - Number(match.Groups[1]) + 1);

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("nobody knows any more whether .* messages ([0-9]+) to ([0-9]+) were ordered")]
    private static partial Regex Told();
}
