using Norris.Http;
using Norris.Node;

namespace Norris.Api;

/// <summary>
/// What may be asked of a node over HTTP: by people and scripts, and by other nodes. Each resource has a file of its own; here is the
/// list of them.
/// </summary>
internal static class NodeApi
{
    /// <summary>All routes of a node.</summary>
    /// <param name="node">Who answers.</param>
    /// <param name="time">For what is said to idle event streams from time to time.</param>
    public static Router Routes(NodeLoop node, TimeProvider time)
    {
        var members = new MembersResource(node, time);
        var messages = new MessagesResource(node);
        var guests = new GuestsResource(node);
        var events = new EventsResource(node, time);
        var log = new LogResource(node);
        var epochs = new EpochsResource(node);
        var status = new StatusResource(node);
        var page = new PageResource(node);
        return new Router()
            .Map(RequestMethod.Get, "/", page.GetAsync)
            .Map(RequestMethod.Get, PageResource.IconPath, page.GetIconAsync)
            .Map(RequestMethod.Get, "/v1/openapi.json", DescriptionResource.GetAsync)
            .Map(RequestMethod.Get, "/v1/members", members.ListAsync)
            .Map(RequestMethod.Post, "/v1/members", members.JoinAsync, Wire.WireFormat.JoinRequestBytesMax)
            .Map(RequestMethod.Delete, "/v1/members/{id}", members.LeaveAsync)
            .Map(RequestMethod.Post, "/v1/guests", guests.OpenAsync, GuestsResource.ContentBytesMax)
            .Map(RequestMethod.Delete, "/v1/guests/{id}", guests.CloseAsync)
            .Map(RequestMethod.Post, "/v1/messages", messages.PostAsync, Wire.WireFormat.SubmissionBytesMax)
            .Map(RequestMethod.Get, "/v1/events", events.StreamAsync)
            .Map(RequestMethod.Get, "/v1/log", log.StreamAsync)
            .Map(RequestMethod.Post, "/v1/epochs", epochs.PostAsync, Wire.WireFormat.TakeoverRequestBytesMax)
            .Map(RequestMethod.Get, "/healthz", status.HealthAsync)
            .Map(RequestMethod.Get, "/readyz", status.ReadyAsync)
            .Map(RequestMethod.Get, "/metrics", status.MetricsAsync);
    }
}
