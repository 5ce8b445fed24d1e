using System.Text;
using Norris.Protocol.Membership;

namespace Norris.Node.Delivery;

/// <summary>One member as output shows it. Its name is kept in the forms in which it is printed, so that no message encodes it again.</summary>
internal sealed class RosterMember
{
    private readonly byte[] _nameJson;
    private readonly ReadOnlyMemory<byte> _nameUtf8;
    private readonly ReadOnlyMemory<byte> _nameSafe;

    /// <summary>Describes a member.</summary>
    /// <param name="id">Not <see cref="MemberId.None"/>.</param>
    /// <param name="nameUtf8">Its display name; copied.</param>
    /// <param name="kind">Node or guest.</param>
    /// <param name="via">The node that holds a guest's session; none for a node.</param>
    /// <param name="address">Where a node is reached; empty for a guest.</param>
    /// <param name="isReachable">False for a node that the host could not reach there.</param>
    public RosterMember(MemberId id, ReadOnlySpan<byte> nameUtf8, MemberKind kind, MemberId via, string address, bool isReachable = true)
    {
        IsReachable = isReachable;
        Id = id;
        Kind = kind;
        Via = via;
        Address = address;
        // Most names are the same in every form: a thousand members hold each of theirs once as bytes and once as characters.
        _nameJson = JsonText.Quote(nameUtf8);
        _nameUtf8 = _nameJson.AsSpan(1, _nameJson.Length - 2).SequenceEqual(nameUtf8) ? _nameJson.AsMemory(1, _nameJson.Length - 2) : nameUtf8.ToArray();
        // Between < and > in a terminal: a name with these of its own would seem to end where it does not.
        string name = Encoding.UTF8.GetString(nameUtf8);
        string safe = Encoding.UTF8.GetString(SafeText.OneLine(nameUtf8)).Replace('<', '\u2039').Replace('>', '\u203A');
        Name = safe == name ? name : safe;
        _nameSafe = safe == name ? _nameUtf8 : Encoding.UTF8.GetBytes(safe);
        Skeleton = Delivery.Skeleton.Of(name);
        IsOdd = LookAlikes.IsOdd(name, Skeleton);
    }

    /// <summary>Who it is.</summary>
    public MemberId Id { get; }

    /// <summary>Its display name, fit for a terminal.</summary>
    public string Name { get; }

    /// <summary>What its name looks like.</summary>
    public string Skeleton { get; }

    /// <summary>Whether nothing of its name is to be seen, or it has the brackets that stand around an id behind a name.</summary>
    public bool IsOdd { get; }

    /// <summary>Its display name as it is in the log, UTF-8.</summary>
    public ReadOnlySpan<byte> NameUtf8 => _nameUtf8.Span;

    /// <summary>Its display name as a JSON string, quotes included.</summary>
    public ReadOnlySpan<byte> NameJson => _nameJson;

    /// <summary>Its display name, UTF-8, fit for a terminal.</summary>
    public ReadOnlySpan<byte> NameSafe => _nameSafe.Span;

    /// <summary>Node or guest.</summary>
    public MemberKind Kind { get; }

    /// <summary>The node that holds a guest's session; <see cref="MemberId.None"/> for a node.</summary>
    public MemberId Via { get; }

    /// <summary>Where a node is reached; empty for a guest.</summary>
    public string Address { get; }

    /// <summary>False for a node that the host could not reach, and that cannot be host.</summary>
    public bool IsReachable { get; }

    /// <summary>The same member under another name.</summary>
    public RosterMember WithName(ReadOnlySpan<byte> nameUtf8) => new(Id, nameUtf8, Kind, Via, Address, IsReachable);
}
