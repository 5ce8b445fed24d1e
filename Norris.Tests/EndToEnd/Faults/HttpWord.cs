using System.Globalization;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>What a node said to curl.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Fields">The fields of the head, by their names.</param>
/// <param name="Body">The content.</param>
internal sealed record HttpWord(int Status, IReadOnlyDictionary<string, string> Fields, string Body)
{
    /// <summary>Reads what <c>curl --include</c> printed.</summary>
    public static HttpWord Of(string printed)
    {
        int end = printed.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        string[] head = printed[..end].Split("\r\n");
        var fields = head[1..].Select(static line => line.Split(": ", 2))
            .ToDictionary(static field => field[0], static field => field[1], StringComparer.OrdinalIgnoreCase);
        return new HttpWord(int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture), fields, printed[(end + 4)..]);
    }
}
