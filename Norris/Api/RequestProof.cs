using System.Text;
using Norris.Http;
using Norris.Node;
using Norris.Node.Peers;
using Norris.Protocol.Membership;

namespace Norris.Api;

/// <summary>
/// Whose a node's request is, in a network with a secret: its token must be that of the key which the connection proved, or else, when others passed it on, of the
/// key that signed it. All have the secret, and all know all tokens; what keeps one from speaking for another is that each key is its process's own.
/// </summary>
internal static class RequestProof
{
    /// <summary>Whether a request with this token may come this way. In an open network the token is all the proof that there is.</summary>
    /// <param name="exchange">How it came.</param>
    /// <param name="node">Who is asked.</param>
    /// <param name="token">Whose it says that it is.</param>
    /// <param name="content">Its content.</param>
    public static bool MayBe(this HttpExchange exchange, NodeLoop node, MemberToken token, ReadOnlySpan<byte> content)
    {
        if (node.Settings.Credentials is not { } credentials)
        {
            return true;
        }
        var connected = new MemberToken(exchange.PeerKey.Low, exchange.PeerKey.High);
        if (token.ComesFrom(connected))
        {
            return true;
        }
        string proof = exchange.Proof();
        if (proof.Length == 0)
        {
            return false;
        }
        var signer = credentials.WhoProved(proof, Encoding.ASCII.GetString(exchange.MethodToken), Encoding.ASCII.GetString(exchange.Path), content);
        var signed = new MemberToken(signer.Low, signer.High);
        return signed != MemberToken.None && token.ComesFrom(signed);
    }

    /// <summary>What shows whose a request is that others pass on; empty when nothing does.</summary>
    public static string Proof(this HttpExchange exchange) =>
        exchange.TryGetHeader(PeerReplies.ProofField, out ReadOnlySpan<byte> proof) ? Encoding.ASCII.GetString(proof) : "";
}
