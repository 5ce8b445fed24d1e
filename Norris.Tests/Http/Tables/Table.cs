using System.Text;
using Norris.Load.Hostile;

namespace Norris.Tests.Http.Tables;

/// <summary>
/// Tables of messages: a line is <c>bytes => what a reader understands</c>; # begins a remark. Bytes are written with \r, \n,
/// \t, \0 and \xNN; ~ is CRLF. A template puts each row's bytes where its {0} is.
/// </summary>
internal static class Table
{
    public static IEnumerable<object[]> Rows(string template, string text)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            string[] row = line.Split(" =>", 2);
            Assert.True(row.Length == 2, $"No => in: {line}");
            yield return [template.Replace("{0}", row[0], StringComparison.Ordinal), Encoding.Latin1.GetString(Bytes(row[1].Trim()))];
        }
    }

    public static byte[] Bytes(string written) => HostileCase.Read(written);
}
