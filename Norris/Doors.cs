using System.Net;
using Microsoft.Extensions.Logging;
using Norris.Api;
using Norris.Http;
using Norris.Node;
using Norris.Node.Guests;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Transport;
using Norris.Transport.Secure;

namespace Norris;

/// <summary>
/// Where a node lets others in. In an open network that is one door for everybody. Where there is a secret, nodes have a door that opens to who knows it, and
/// people and scripts another one, on the node's own machine unless told otherwise, that opens to who has the key.
/// </summary>
/// <param name="node">Who answers.</param>
/// <param name="time">For time-outs.</param>
/// <param name="log">For those who are not let in.</param>
/// <param name="names">Host names that the node goes by, beside its addresses: see <see cref="SiteGate"/>.</param>
internal sealed class Doors(NodeLoop node, TimeProvider time, ILogger log, IEnumerable<string> names)
{
    private readonly SecuredDoor _door = new(log, time);

    /// <summary>How many may come in at once.</summary>
    public ConnectionLimits Connections { get; init; } = ConnectionLimits.Default;

    /// <summary>Told of bugs.</summary>
    public required Action<Exception> HandlerFailed { get; init; }

    /// <summary>Told of requests that are rejected: why, and whose.</summary>
    public Action<RejectionReason, EndPoint?>? RequestRejected { get; init; }

    /// <summary>The page's address with the key, once there is a door for people; null in an open network.</summary>
    public string? Link { get; private set; }

    /// <summary>The door for nodes, and without credentials for everybody.</summary>
    /// <param name="listener">Where.</param>
    /// <param name="credentials">What is proved with; null in an open network.</param>
    public HttpServer ForNodes(Listener listener, MemberCredentials? credentials)
    {
        HttpServer server = credentials is null
            ? Open(listener, new NodeApplication(node, time, names).AnswerAsync)
            : Open(Secured(listener, credentials), NodeApi.PeerRoutes(node, time).HandleAsync);
        Show(server, listener);
        return server;
    }

    private SecureSource Secured(Listener listener, MemberCredentials credentials)
    {
        var source = new SecureSource(listener, credentials, Connections, time) { PlainAnswer = SecuredDoor.PlainAnswer, TurnedAway = _door.TurnedAway };
        node.Handshakes = () => source.Counts.All;
        node.Show(() => new QueueFill("handshakes", IsInBytes: false, source.UnfinishedCount, Connections.HandshakesMax));
        return source;
    }

    /// <summary>The door for people and scripts, where there is a secret.</summary>
    /// <param name="listener">Where.</param>
    /// <param name="key">The key that they show; none for a fresh one.</param>
    public HttpServer ForPeople(Listener listener, MemberToken key)
    {
        var gate = new AccessGate(node, key == MemberToken.None ? RandomToken.Next() : key, NodeApi.PeopleRoutes(node, time).HandleAsync);
        Link = gate.LinkTo(listener.LocalEndPoint);
        HttpServer server = Open(listener, new NodeApplication(node, time, names, gate.HandleAsync).AnswerAsync);
        Show(server, listener); // of nodes there is little to be rejected
        return server;
    }

    private HttpServer Open(IConnectionSource source, HttpHandler application) =>
        new(source, application, HttpLimits.Within(Connections.ConnectionsMax), time) { HandlerFailed = HandlerFailed, RequestRejected = RequestRejected, TlsSpoken = _door.TlsSpoken };

    private void Show(HttpServer server, Listener listener) =>
        (node.RejectedRequests, node.AnsweredProblems, node.Accepted) = (() => server.Rejections.All, () => server.Problems.All, listener.Traffic);
}
