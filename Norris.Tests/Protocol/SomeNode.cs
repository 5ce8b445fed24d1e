using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

/// <summary>Nodes by their numbers, for tests that need members of which nothing else matters.</summary>
internal static class SomeNode
{
    public static MemberToken TokenOf(MemberId id) => new(id.Value, id.Value);

    public static string AddressOf(MemberId id) => $"10.0.0.{id.Value}:7000";

    /// <summary>Node n, which came in with entry n where nothing else is said.</summary>
    public static Member Of(MemberId id, ulong? joinedAt = null) => new()
    {
        Id = id,
        Kind = MemberKind.Node,
        Token = TokenOf(id),
        Name = $"n{id.Value}",
        Address = AddressOf(id),
        Via = MemberId.None,
        JoinedAt = new SequenceNumber(joinedAt ?? id.Value),
    };
}
