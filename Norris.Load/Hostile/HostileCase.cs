using System.Text;
using System.Text.RegularExpressions;

namespace Norris.Load.Hostile;

/// <summary>Bytes that nobody in good faith sends, and the answers that a node gives.</summary>
/// <param name="Name">What is tried.</param>
/// <param name="Bytes">What is sent on a connection of its own, whose sending side then ends.</param>
/// <param name="Answers">The statuses of the answers up to the end of the connection, with blanks between; empty for none.</param>
internal sealed partial record HostileCase(string Name, byte[] Bytes, string Answers)
{
    /// <summary>
    /// Cases from a table: a line is <c>bytes => answers</c>; # begins a remark. Bytes are written with \r, \n, \t, \0, \s for a blank and \xNN;
    /// ~ is CRLF. The template has {0} where each row's bytes go.
    /// </summary>
    public static IEnumerable<HostileCase> Table(string group, string template, string rows)
    {
        foreach (string line in rows.Split('\n'))
        {
            if (line.Length > 0 && !line.StartsWith('#'))
            {
                int arrow = line.LastIndexOf(" =>", StringComparison.Ordinal);
                yield return new($"{group}: {line[..arrow]}", Read(template.Replace("{0}", line[..arrow], StringComparison.Ordinal)), line[(arrow + 3)..].Trim());
            }
        }
    }

    /// <summary>The bytes that are written so.</summary>
    public static byte[] Read(string written) => Encoding.Latin1.GetBytes(Escape().Replace(written.Replace("~", "\r\n", StringComparison.Ordinal), static match => match.Value[1] switch
    {
        'r' => "\r",
        'n' => "\n",
        't' => "\t",
        '0' => "\0",
        's' => " ",
        _ => ((char)Convert.ToByte(match.Value[2..], 16)).ToString(),
    }));

    [GeneratedRegex(@"\\(r|n|t|0|s|x[0-9A-Fa-f]{2})")]
    private static partial Regex Escape();
}
