using Norris.Http;
using Norris.Node;

namespace Norris.Api;

/// <summary>
/// What may be asked of a node over HTTP: by people and scripts, and by other nodes. Each resource has a file of its own; here is the
/// list of them.
/// </summary>
internal static class NodeApi
{
    /// <summary>All routes of a node of an open network: everybody comes in at one door.</summary>
    /// <param name="node">Who answers.</param>
    /// <param name="time">For what is said to idle event streams from time to time.</param>
    public static Router Routes(NodeLoop node, TimeProvider time) =>
        new Router().MapView(node).MapPeople(node, time).MapPeers(node, time).MapMessages(node, Takes.PeoplesAndNodes);

    /// <summary>What other nodes may ask, where a secret keeps all others out.</summary>
    /// <param name="node">Who answers.</param>
    /// <param name="time">For what takes time.</param>
    public static Router PeerRoutes(NodeLoop node, TimeProvider time) => new Router().MapView(node).MapPeers(node, time).MapMessages(node, Takes.Nodes);

    /// <summary>What people and scripts may ask, where other nodes have a door of their own.</summary>
    /// <param name="node">Who answers.</param>
    /// <param name="time">For what is said to idle event streams from time to time.</param>
    public static Router PeopleRoutes(NodeLoop node, TimeProvider time) => new Router().MapView(node).MapPeople(node, time).MapMessages(node, Takes.Peoples);

    /// <summary>Everybody who is let in may look: nodes compare their digests by it.</summary>
    private static Router MapView(this Router router, NodeLoop node) => router.Map(RequestMethod.Get, "/v1/members", new ViewResource(node).ListAsync);

    private static Router MapPeople(this Router router, NodeLoop node, TimeProvider time)
    {
        var guests = new GuestsResource(node);
        var status = new StatusResource(node);
        var page = new PageResource(node);
        return router
            .Map(RequestMethod.Get, "/", page.GetAsync)
            .Map(RequestMethod.Get, PageResource.IconPath, page.GetIconAsync)
            .Map(RequestMethod.Get, "/v1/openapi.json", DescriptionResource.GetAsync)
            .Map(RequestMethod.Post, "/v1/guests", guests.OpenAsync, GuestsResource.ContentBytesMax)
            .Map(RequestMethod.Delete, "/v1/guests/{id}", guests.CloseAsync)
            .Map(RequestMethod.Get, "/v1/events", new EventsResource(node, time).StreamAsync)
            .Map(RequestMethod.Get, "/healthz", status.HealthAsync)
            .Map(RequestMethod.Get, "/readyz", status.ReadyAsync)
            .Map(RequestMethod.Get, "/metrics", status.MetricsAsync);
    }

    private static Router MapPeers(this Router router, NodeLoop node, TimeProvider time)
    {
        var members = new MembersResource(node, time);
        return router
            .Map(RequestMethod.Post, "/v1/members", members.JoinAsync, Wire.WireFormat.JoinRequestBytesMax)
            .Map(RequestMethod.Delete, "/v1/members/{id}", members.LeaveAsync)
            .Map(RequestMethod.Get, "/v1/log", new LogResource(node).StreamAsync)
            .Map(RequestMethod.Post, "/v1/epochs", new EpochsResource(node).PostAsync, Wire.WireFormat.TakeoverRequestBytesMax);
    }

    private static Router MapMessages(this Router router, NodeLoop node, Takes takes) =>
        router.Map(RequestMethod.Post, "/v1/messages", new MessagesResource(node, takes).PostAsync, Wire.WireFormat.SubmissionBytesMax);
}
