using System.Text;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Membership;

/// <summary>
/// Who is in, in seniority order, and who is the host: a fold over the log, the same at every node at the same position.
/// It applies entries and answers questions; it decides nothing.
/// </summary>
internal sealed class View
{
    private readonly Dictionary<MemberId, Member> _byId = [];
    private readonly Dictionary<string, Member> _byName = new(StringComparer.Ordinal);
    private readonly List<Member> _bySeniority = [];

    /// <summary>Names the network: derived from its founder's token.</summary>
    public ulong Network { get; private set; }

    /// <summary>The reign that the log is in.</summary>
    public Epoch Epoch { get; private set; }

    /// <summary>Who orders in this reign.</summary>
    public MemberId Host { get; private set; }

    /// <summary>All members, the most senior first.</summary>
    public IReadOnlyList<Member> BySeniority => _bySeniority;

    /// <summary>How many members are nodes.</summary>
    public int NodeCount { get; private set; }

    /// <summary>How many nodes can be host.</summary>
    public int ReachableCount { get; private set; }

    /// <summary>Who left last.</summary>
    public DepartedMembers Departed { get; } = new();

    /// <summary>The member with this id, or null.</summary>
    public Member? Find(MemberId id) => _byId.GetValueOrDefault(id);

    /// <summary>The member with this name, or null.</summary>
    public Member? FindByName(string name) => _byName.GetValueOrDefault(name);

    /// <summary>How many nodes but the host are more senior than that member, all of them where it is not in; counts no further than <paramref name="max"/>.</summary>
    public int CountSeniors(MemberId member, int max = int.MaxValue)
    {
        int seniors = 0;
        foreach (Member senior in _bySeniority)
        {
            if (senior.Id == member || seniors == max)
            {
                break;
            }
            seniors += senior.Kind == MemberKind.Node && senior.Id != Host ? 1 : 0;
        }
        return seniors;
    }

    /// <summary>How many nodes but the host stand before that member when the host is missed: those more senior that can be host, or all that can where it cannot.</summary>
    public int CountCandidatesBefore(MemberId member)
    {
        int candidates = 0;
        foreach (Member senior in _bySeniority)
        {
            if (senior.Id == member && senior.IsReachable)
            {
                break;
            }
            candidates += senior.Kind == MemberKind.Node && senior.IsReachable && senior.Id != Host ? 1 : 0;
        }
        return candidates;
    }

    /// <summary>Whether a node other than that one can be host.</summary>
    public bool HasCandidateBesides(MemberId node) => ReachableCount > (Find(node) is { Kind: MemberKind.Node, IsReachable: true } ? 1 : 0);

    /// <summary>The host's member, or null before the first epoch and after the host left.</summary>
    public Member? HostMember => Find(Host);

    /// <summary>Starts over from a snapshot's facts; members follow through <see cref="Add"/> in seniority order.</summary>
    public void Reset(ulong network, Epoch epoch, MemberId host)
    {
        _byId.Clear();
        _byName.Clear();
        _bySeniority.Clear();
        Departed.Clear();
        (NodeCount, ReachableCount) = (0, 0);
        Network = network;
        Epoch = epoch;
        Host = host;
    }

    /// <summary>Becomes a copy of another fold.</summary>
    public void CopyFrom(View other)
    {
        Reset(other.Network, other.Epoch, other.Host);
        foreach (Member member in other.BySeniority)
        {
            Add(member.Clone());
        }
        foreach (Departed departed in other.Departed.OldestFirst)
        {
            Departed.Add(departed);
        }
    }

    /// <summary>
    /// Folds one entry in. False when it cannot follow from what the log said before (a number out of turn, a stranger, an id that is
    /// in already): then the sender of the log is wrong or hostile, and the entry must not be delivered.
    /// <paramref name="author"/> is the member that submitted it, if any.
    /// </summary>
    public bool TryApply(in Entry entry, SequenceNumber sequence, out Member? author)
    {
        author = null;
        if (!entry.Author.IsNone)
        {
            author = Find(entry.Author);
            if (author is null || entry.Number != author.LastNumber + 1)
            {
                return false;
            }
            author.LastNumber = entry.Number;
        }
        return entry.Type switch
        {
            EntryType.Message => !entry.Author.IsNone,
            EntryType.Joined => TryApplyJoined(entry, sequence),
            EntryType.Left => TryRemove(entry.Subject, mayComeBack: entry.Author.IsNone && entry.Reason != LeaveReason.Left),
            EntryType.Renamed => TryRename(entry.Subject, Encoding.UTF8.GetString(entry.NewName)),
            EntryType.EpochStarted => TryStartEpoch(entry.NewEpoch, entry.Subject),
            _ => false,
        };
    }

    /// <summary>Puts a member at the junior end.</summary>
    public bool Add(Member member)
    {
        if (!_byId.TryAdd(member.Id, member))
        {
            return false;
        }
        if (!_byName.TryAdd(member.Name, member))
        {
            _byId.Remove(member.Id);
            return false;
        }
        _bySeniority.Add(member);
        NodeCount += member.Kind == MemberKind.Node ? 1 : 0;
        ReachableCount += member is { Kind: MemberKind.Node, IsReachable: true } ? 1 : 0;
        return true;
    }

    private bool TryApplyJoined(in Entry entry, SequenceNumber sequence)
    {
        if (entry.Subject.IsNone)
        {
            return false;
        }
        if (_bySeniority.Count == 0 && Network == 0)
        {
            Network = new Digest(0x6e6f72726973).After(entry.Bytes).Value;
        }
        bool isRemembered = Departed.TryTake(entry.Subject, entry.JoinedToken, out Departed departed);
        // The host says where a node's count goes on, a node where that of its guest does; never behind what was ordered (P4).
        ulong lastNumber = Math.Max(entry.Author.IsNone ? entry.Number : entry.JoinedCount, departed.LastNumber);
        return Add(new Member
        {
            Id = entry.Subject,
            Kind = entry.JoinedKind,
            Token = entry.JoinedToken,
            Name = Encoding.UTF8.GetString(entry.JoinedName),
            Address = Encoding.UTF8.GetString(entry.JoinedAddress),
            IsReachable = entry.IsJoinedReachable,
            Via = entry.JoinedVia,
            JoinedAt = sequence,
            LastNumber = lastNumber,
            NumberBefore = lastNumber,
            IsRemembered = isRemembered,
        });
    }

    private bool TryRemove(MemberId id, bool mayComeBack)
    {
        if (!_byId.Remove(id, out Member? member))
        {
            return false;
        }
        _byName.Remove(member.Name);
        _bySeniority.Remove(member);
        if (member.Kind == MemberKind.Node)
        {
            NodeCount--;
            ReachableCount -= member.IsReachable ? 1 : 0;
        }
        if (member.Kind == MemberKind.Node || mayComeBack)
        {
            // A guest comes back only when it was lost with its node.
            Departed.Add(new Departed(member.Id, member.Kind, member.Token, member.LastNumber));
        }
        return true;
    }

    private bool TryRename(MemberId id, string name)
    {
        if (Find(id) is not { } member)
        {
            return false;
        }
        if (member.Name == name)
        {
            return true;
        }
        if (!_byName.TryAdd(name, member))
        {
            return false;
        }
        _byName.Remove(member.Name);
        member.Name = name;
        return true;
    }

    private bool TryStartEpoch(Epoch epoch, MemberId host)
    {
        if (epoch <= Epoch || Find(host) is not { Kind: MemberKind.Node })
        {
            return false;
        }
        Epoch = epoch;
        Host = host;
        return true;
    }
}
