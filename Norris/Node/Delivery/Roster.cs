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
    private readonly LookAlikes _alikes = new();

    /// <summary>Begins with a view: its members in order of joining, its host, the current epoch, and the network that it is of.</summary>
    public Roster(IEnumerable<RosterMember> members, MemberId host, Epoch epoch, ulong network)
    {
        foreach (RosterMember member in members)
        {
            Add(member);
        }
        Host = host;
        Epoch = epoch;
        Network = network;
    }

    /// <summary>The network; a node that comes into another one begins another roster.</summary>
    public ulong Network { get; }

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

    /// <summary>A member's name, fit for a terminal; the id of somebody who is not in the view.</summary>
    public string NameOf(MemberId id) => Find(id)?.Name ?? id.ToString();

    /// <summary>The same, with the id behind a name that may be taken for another's.</summary>
    public string ShownNameOf(MemberId id) => Find(id) is { } member ? Marked(member.Name, IsAlike(member), id) : id.ToString();

    /// <summary>The name that a joined or renamed entry gives, fit for a terminal, with the id behind one that may be taken for another's.</summary>
    public string ShownNewName(in Entry entry) =>
        Marked(Encoding.UTF8.GetString(SafeText.OneLine(entry.Type == EntryType.Joined ? entry.JoinedName : entry.NewName)), MakesAlike(entry), entry.Subject);

    /// <summary>Whether an entry stands for a submission that had become void: a place in the order, and nothing to tell.</summary>
    public bool IsVoid(in Entry entry) => entry.Type == EntryType.Renamed && Find(entry.Subject) is { } same && same.NameUtf8.SequenceEqual(entry.NewName);

    /// <summary>Whether a member of this view is to be shown with its id, since its name may be taken for another's.</summary>
    public bool IsAlike(RosterMember member) => _alikes.Contain(member);

    /// <summary>Whether whom a joined or renamed entry is about is to be shown with its id from then on.</summary>
    public bool MakesAlike(in Entry entry)
    {
        RosterMember? before = Find(entry.Subject);
        string name = Encoding.UTF8.GetString(entry.Type == EntryType.Joined ? entry.JoinedName : entry.NewName);
        string skeleton = Skeleton.Of(name);
        return LookAlikes.IsOdd(name, skeleton) || _alikes.WillContain(skeleton, before);
    }

    /// <summary>Moves past an entry. What it says about members who are not there, or are there already, changes nothing.</summary>
    public void Apply(in Entry entry)
    {
        switch (entry.Type)
        {
            case EntryType.Joined:
                Add(Of(entry));
                break;
            case EntryType.Left:
                if (_places.Remove(entry.Subject, out LinkedListNode<RosterMember>? gone))
                {
                    _members.Remove(gone);
                    _alikes.Remove(gone.Value);
                }
                break;
            case EntryType.Renamed:
                if (_places.TryGetValue(entry.Subject, out LinkedListNode<RosterMember>? renamed))
                {
                    _alikes.Remove(renamed.Value);
                    renamed.Value = renamed.Value.WithName(entry.NewName);
                    _alikes.Add(renamed.Value);
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

    private static string Marked(string name, bool isAlike, MemberId id) => isAlike ? $"{name} [{id}]" : name;

    private void Add(RosterMember member)
    {
        if (!_places.ContainsKey(member.Id))
        {
            _places.Add(member.Id, _members.AddLast(member));
            _alikes.Add(member);
        }
    }

    private static RosterMember Of(in Entry entry) =>
        new(entry.Subject, entry.JoinedName, entry.JoinedKind, entry.JoinedVia, Encoding.UTF8.GetString(entry.JoinedAddress), entry.IsJoinedReachable);
}
