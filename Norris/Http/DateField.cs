using System.Globalization;
using System.Text;

namespace Norris.Http;

/// <summary>
/// The fields that every response of a server has, formatted once a second for all connections: Date (RFC 9110 section 6.6.1), and that no
/// browser is to take a content for anything but what Content-Type says (Fetch standard, section 3.6).
/// </summary>
internal sealed class DateField(TimeProvider clock)
{
    private Line _line = new(long.MinValue, []);

    /// <summary><c>Date: … CRLF X-Content-Type-Options: nosniff CRLF</c> for now.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            DateTimeOffset now = clock.GetUtcNow();
            long second = now.Ticks / TimeSpan.TicksPerSecond;
            Line line = Volatile.Read(ref _line);
            if (line.Second != second)
            {
                line = new Line(second, Encoding.ASCII.GetBytes($"Date: {now.ToString("r", CultureInfo.InvariantCulture)}\r\nX-Content-Type-Options: nosniff\r\n"));
                Volatile.Write(ref _line, line);
            }

            return line.Bytes;
        }
    }

    private sealed record Line(long Second, byte[] Bytes);
}
