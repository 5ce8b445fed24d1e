using System.Globalization;
using System.Text;
using Norris.Protocol.Membership;

namespace Norris.Tests.Simulation;

/// <summary>People and scripts at every node: they talk, take names, and come and go as guests.</summary>
internal sealed class Workload
{
    private static readonly string[] Names = ["alice", "bob", "carol", "dave"];

    private readonly Cluster _cluster;
    private readonly Dictionary<(int Node, ulong Number), MemberToken> _opening = [];
    private readonly byte[] _text = new byte[64 * 1024];
    private long _said;

    public Workload(Cluster cluster)
    {
        _cluster = cluster;
        _text.AsSpan().Fill((byte)'.');
    }

    /// <summary>Lets the people at a node talk until <paramref name="until"/>.</summary>
    public void Begin(SimulatedNode node, long until)
    {
        node.OnOrdered = ordered =>
        {
            if (ordered.Author == node.Core.Self && _opening.Remove((node.Index, ordered.Number), out MemberToken token))
            {
                node.Guests.Begin(token);
            }
        };
        Next(node, _cluster.NewRandom(SimulationStream.People, (ulong)node.Index), until);
    }

    public void Say(SimulatedNode node, MemberId author, string text) => node.Process(core =>
    {
        if (core.TrySubmitMessage(author, Encoding.UTF8.GetBytes(text), out ulong number))
        {
            _cluster.History.Submitted(node, author, number);
        }
    });

    private void Next(SimulatedNode node, SimulationRandom random, long until) => _cluster.Events.After(random.Between(1, 2 * _cluster.Plan.TalkPause), () =>
    {
        if (!node.IsAlive || _cluster.Events.Now >= until)
        {
            return;
        }
        Act(node, random);
        Next(node, random, until);
    });

    private void Act(SimulatedNode node, SimulationRandom random)
    {
        int what = random.Below(100);
        MemberId guest = node.Guests.Count > 0 ? node.Guests[random.Below(node.Guests.Count)] : default;
        if (_cluster.Plan.Guests && what < 8)
        {
            OpenSession(node, random);
        }
        else if (_cluster.Plan.Guests && what < 13 && !guest.IsNone)
        {
            CloseSession(node, guest, random);
        }
        else if (_cluster.Plan.Renames && what < 20)
        {
            Rename(node, guest.IsNone ? node.Core.Self : guest, random);
        }
        else
        {
            int messages = random.Chance(100) ? 10 : 1;
            for (int i = 0; i < messages; i++)
            {
                Talk(node, guest.IsNone || random.Chance(500) ? node.Core.Self : guest, random);
            }
        }
    }

    private void Talk(SimulatedNode node, MemberId author, SimulationRandom random)
    {
        int length = (int)random.LogUniform(1, _cluster.Plan.TextBytesMax);
        node.Process(core =>
        {
            _text.AsSpan(0, 20).Fill((byte)'.');
            if ((++_said).TryFormat(_text.AsSpan(), out int written, default, CultureInfo.InvariantCulture)
                && core.TrySubmitMessage(author, _text.AsSpan(0, Math.Max(written, length)), out ulong number))
            {
                _cluster.History.Submitted(node, author, number);
            }
        });
    }

    private void Rename(SimulatedNode node, MemberId author, SimulationRandom random)
    {
        string name = Names[random.Below(Names.Length)];
        node.Process(core =>
        {
            if (core.TrySubmitName(author, Encoding.UTF8.GetBytes(name), out ulong number))
            {
                _cluster.History.Submitted(node, author, number);
            }
        });
    }

    private void OpenSession(SimulatedNode node, SimulationRandom random)
    {
        var token = new MemberToken(random.Next(), random.Next() | 1);
        string name = Names[random.Below(Names.Length)];
        node.Process(core =>
        {
            if (core.TrySubmitGuest(token, Encoding.UTF8.GetBytes(name), out ulong number))
            {
                _opening.Add((node.Index, number), token);
                _cluster.History.Submitted(node, core.Self, number);
            }
        });
    }

    private void CloseSession(SimulatedNode node, MemberId guest, SimulationRandom random)
    {
        // A page is closed and its session times out at the same moment: the node may say twice that its guest is gone.
        int times = random.Chance(300) ? 2 : 1;
        node.Process(core =>
        {
            for (int i = 0; i < times; i++)
            {
                if (core.TrySubmitGuestLeft(guest, LeaveReason.Left, out ulong number))
                {
                    _cluster.History.Submitted(node, core.Self, number);
                }
            }
        });
    }
}
