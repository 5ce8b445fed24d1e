using System.Text;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// Who is in the view, as far as output has told: the fold over the delivered entries, begun from the view in which this
/// node's delivery began. One thread at a time uses it, the one that delivers.
/// </summary>
internal sealed class Roster
{
    // In order of joining; the dictionary finds a member's place, so that a leaving one costs the same in a view of any size.
    private readonly LinkedList<RosterMember> _members = [];
    private readonly Dictionary<MemberId, LinkedListNode<RosterMember>> _places = [];

    /// <summary>Begins with a view: its members in order of joining, its host, the current epoch.</summary>
    public Roster(IEnumerable<RosterMember> members, MemberId host, Epoch epoch)
    {
        foreach (RosterMember member in members)
        {
            Add(member);
        }
        Host = host;
        Epoch = epoch;
    }

    /// <summary>The members in order of joining.</summary>
    public IReadOnlyCollection<RosterMember> Members => _members;

    /// <summary>How many members there are.</summary>
    public int Count => _members.Count;

    /// <summary>The host; <see cref="MemberId.None"/> before the first epoch.</summary>
    public MemberId Host { get; private set; }

    /// <summary>The current epoch.</summary>
    public Epoch Epoch { get; private set; }

    /// <summary>The member named <paramref name="id"/>, or null when it is not in the view.</summary>
    public RosterMember? Find(MemberId id) => _places.TryGetValue(id, out LinkedListNode<RosterMember>? place) ? place.Value : null;

    /// <summary>Moves past an entry. What it says about members who are not there, or are there already, changes nothing.</summary>
    public void Apply(in Entry entry)
    {
        switch (entry.Type)
        {
            case EntryType.Joined:
                Add(new RosterMember(
                    entry.Subject, entry.JoinedName, entry.JoinedKind, entry.JoinedVia, Encoding.UTF8.GetString(entry.JoinedAddress), entry.IsJoinedReachable));
                break;
            case EntryType.Left:
                if (_places.Remove(entry.Subject, out LinkedListNode<RosterMember>? gone))
                {
                    _members.Remove(gone);
                }
                break;
            case EntryType.Renamed:
                if (_places.TryGetValue(entry.Subject, out LinkedListNode<RosterMember>? renamed))
                {
                    renamed.Value = renamed.Value.WithName(entry.NewName);
                }
                break;
            case EntryType.EpochStarted:
                Host = entry.Subject;
                Epoch = entry.NewEpoch;
                break;
            default:
                break;
        }
    }

    private void Add(RosterMember member)
    {
        if (!_places.ContainsKey(member.Id))
        {
            _places.Add(member.Id, _members.AddLast(member));
        }
    }
}
