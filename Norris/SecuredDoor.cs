using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Norris.Http;
using Norris.Transport.Secure;

namespace Norris;

/// <summary>What a node says to those who stand at the wrong door, and of them in its log.</summary>
internal sealed partial class SecuredDoor(ILogger log, TimeProvider time)
{
    /// <summary>A crowd at the door is one line in so long, not one for each.</summary>
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<HandshakeOutcome, Seldom> _told = new();

    /// <summary>
    /// The answer to a request without TLS where there is a secret: 426 (RFC 9110 section 15.5.22), with a word on what to do. It tells nothing that the
    /// port does not tell by itself.
    /// </summary>
    public static ReadOnlyMemory<byte> PlainAnswer { get; } = WritePlainAnswer();

    /// <summary>Somebody was not let in.</summary>
    public void TurnedAway(HandshakeOutcome outcome, EndPoint? from)
    {
        string? why = outcome switch
        {
            HandshakeOutcome.OtherSecret => "has another secret; start it with the --secret-file of this network",
            HandshakeOutcome.NoCertificate => "did not prove that it has this network's secret",
            HandshakeOutcome.NotTls => "speaks without TLS, and this network has a secret: a node needs its --secret-file; a browser or a script uses the address with the key, which was printed at the start",
            _ => null,
        };
        if (why is null)
        {
            LogUnfinished(from, outcome);
        }
        else
        {
            Tell(outcome, from, why);
        }
    }

    /// <summary>Somebody speaks TLS to a node that does not.</summary>
    public void TlsSpoken(EndPoint? from) =>
        Tell(HandshakeOutcome.Broken, from, "speaks TLS, and this network is open: a node joins it without --secret-file, and a browser says http");

    private static byte[] WritePlainAnswer()
    {
        var problem = new ArrayBufferWriter<byte>(256);
        ProblemDetails.Write(
            problem, 426, "This network has a secret, and only its nodes are answered here, over TLS. A node is started with --secret-file; people and scripts use the address that a node printed when it started.");
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 426 Upgrade Required\r\nUpgrade: TLS/1.3\r\nConnection: upgrade, close\r\nContent-Type: {Encoding.ASCII.GetString(ProblemDetails.MediaType)}\r\nContent-Length: {problem.WrittenCount}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. problem.WrittenSpan];
    }

    private void Tell(HandshakeOutcome outcome, EndPoint? from, string why)
    {
        if (!_told.GetOrAdd(outcome, _ => new Seldom(LineInterval, time)).IsDue(out int silent))
        {
            return;
        }
        LogTurnedAway(from, why, silent == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({silent} more since the last line)"));
    }

    [LoggerMessage(EventId = 70, EventName = "NotLetIn", Level = LogLevel.Warning, Message = "not let in: {From} {Why}{More}")]
    private partial void LogTurnedAway(EndPoint? from, string why, string more);

    [LoggerMessage(EventId = 71, EventName = "HandshakeFailed", Level = LogLevel.Debug, Message = "a handshake with {From} came to nothing: {Outcome}")]
    private partial void LogUnfinished(EndPoint? from, HandshakeOutcome outcome);
}
