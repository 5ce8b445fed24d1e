using System.Buffers;
using System.Globalization;
using System.Text;
using Norris.Http;
using Norris.Node;
using Norris.Node.Peers;
using Norris.Protocol.Messages;

namespace Norris.Api;

/// <summary>Answers that several resources give.</summary>
internal static class Responses
{
    private const string NotInDetail = "The node is not in a network yet, or is leaving it.";

    /// <summary>The media type of JSON.</summary>
    public static ReadOnlySpan<byte> Json => "application/json"u8;

    /// <summary>The media type of JSON, one object a line.</summary>
    public static ReadOnlySpan<byte> JsonLines => "application/x-ndjson"u8;

    /// <summary>Whoever asks has to say who it is.</summary>
    public static async ValueTask UnauthorizedAsync(this HttpExchange exchange, string detail)
    {
        exchange.SetHeader("WWW-Authenticate"u8, "Bearer"u8);
        await exchange.RespondProblemAsync(401, detail);
    }

    /// <summary>Who may speak and listen here; null when nobody that may asks, which was answered so.</summary>
    /// <param name="exchange">Who asks, and where the answer goes.</param>
    /// <param name="mayAskWithToken">Whether the token may stand in the query.</param>
    public static async ValueTask<Caller?> AdmitAsync(this HttpExchange exchange, bool mayAskWithToken = false)
    {
        var caller = Caller.Of(exchange, mayAskWithToken);
        if (caller.IsSomebody)
        {
            return caller;
        }
        await exchange.UnauthorizedAsync(Caller.StrangerDetail);
        return null;
    }

    /// <summary>Answers a wish to submit that did not come to a place in the order.</summary>
    /// <param name="exchange">Where to.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="unknownDetail">What is said when it was taken, and nobody knows what became of it.</param>
    public static async ValueTask RefuseAsync(this HttpExchange exchange, SubmitResult result, string unknownDetail = NotInDetail)
    {
        (int status, string detail) = Describe(result, unknownDetail);
        if (status == 401)
        {
            await exchange.UnauthorizedAsync(detail);
            return;
        }
        if (status is 429 or 503)
        {
            exchange.SetHeader("Retry-After"u8, "1"u8);
        }
        await exchange.RespondProblemAsync(status, detail);
    }

    /// <summary>The same, in a status and a line.</summary>
    public static (int Status, string Detail) Describe(SubmitResult result, string unknownDetail) => result.Status switch
    {
        SubmitStatus.Busy => (429, "More waits to be ordered than the network takes now. Nothing was taken; try again in a second."),
        SubmitStatus.NoMajority =>
            (503, "This node's side has no majority of the members, so nothing is ordered here. Nothing was taken; try again when it has met the others."),
        SubmitStatus.TooMany => (429, "Your address has as many guests at this node as one may. Let some leave (DELETE /v1/guests/ID), or use another node."),
        SubmitStatus.UnknownToken => (401, Caller.UnknownTokenDetail),
        SubmitStatus.OutOfTurn =>
            (409, string.Create(CultureInfo.InvariantCulture, $"The next number of this guest's messages is {result.Next}: a message before this one is missing. Nothing was taken.")),
        SubmitStatus.Unknown => (503, unknownDetail),
        _ => (503, NotInDetail),
    };

    /// <summary>What the protocol answers another node, when it is no acceptance.</summary>
    /// <param name="exchange">Where to.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="target">The request-target, for a redirection to the same at the host.</param>
    public static async ValueTask RespondAsync(this HttpExchange exchange, PeerReply reply, string target)
    {
        switch (reply)
        {
            case Redirected redirected:
                exchange.SetHeader("Location"u8, Encoding.ASCII.GetBytes($"http://{redirected.Address}{target}"));
                await exchange.RespondProblemAsync(307, $"The host is at {redirected.Address}: ask there.");
                break;
            case RelayedBy relay:
                exchange.SetHeader("Location"u8, Encoding.ASCII.GetBytes($"http://{relay.Address}{target}"));
                exchange.SetHeader(PeerReplies.RelayField, Encoding.ASCII.GetBytes(relay.Relay.ToString()));
                await exchange.RespondProblemAsync(307, $"The member at {relay.Address} passes the log on: ask there, with Norris-Hops: 1.");
                break;
            case Busy busy:
                exchange.SetHeader("Retry-After"u8, "1"u8);
                exchange.SetHeader(
                    PeerReplies.RetryAfterField,
                    Encoding.ASCII.GetBytes(busy.RetryAfterMicroseconds.ToString(CultureInfo.InvariantCulture)));
                if (busy.IsInDoubt)
                {
                    exchange.SetHeader(PeerReplies.InDoubtField, "1"u8);
                }
                await exchange.RespondProblemAsync(503, "Not now: the node is busy, or there is no host at this moment. Ask again.");
                break;
            case AlsoJoining joining:
                exchange.SetHeader("Retry-After"u8, "1"u8);
                exchange.SetHeader(
                    PeerReplies.JoiningRankField, Encoding.ASCII.GetBytes(joining.Rank.ToString()));
                await exchange.RespondProblemAsync(503, "This node is only joining itself. Ask again.");
                break;
            case Refused { Reason: RefusalReason.NotAMember } stranger:
                await exchange.UnauthorizedAsync(PeerReplies.DetailOf(stranger.Reason));
                break;
            case Refused refused:
                await exchange.RespondProblemAsync(PeerReplies.StatusOf(refused.Reason), PeerReplies.DetailOf(refused.Reason));
                break;
            default:
                await exchange.RespondAsync(204);
                break;
        }
    }

    /// <summary>How many more nodes may pass a request on to the host.</summary>
    public static int Hops(this HttpExchange exchange) =>
        exchange.TryGetHeader(PeerReplies.HopsField, out ReadOnlySpan<byte> value) && value.Length == 1 && value[0] is > (byte)'0' and <= (byte)'9'
            ? Math.Min(value[0] - '0', PeerRequest.HopsMax)
            : 0;

    /// <summary>Reads the whole content; null when it was refused, and answered so.</summary>
    public static async ValueTask<ReadOnlySequence<byte>?> ReadContentAsync(this HttpExchange exchange, long bytesMax)
    {
        ContentRead read = await exchange.Content.ReadAllAsync(bytesMax);
        if (read.IsOk)
        {
            return read.Buffer;
        }
        await exchange.RejectAsync(read.Rejection);
        return null;
    }
}
