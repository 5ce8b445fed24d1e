using System.Buffers;
using System.Text;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>A log and the view folded from it, told in a few words.</summary>
internal sealed class LogOfView
{
    private readonly ArrayBufferWriter<byte> _entry = new();

    public View View { get; } = new();

    public Log Log { get; } = new();

    public bool Join(ulong id, string name, ulong via = 0, ulong? token = null) => Append(() => EntryWriter.WriteJoined(
        _entry, Time, MemberId.None, 0, new MemberId(id), via == 0 ? MemberKind.Node : MemberKind.Guest, new MemberId(via),
        new MemberToken(token ?? id, 1), Encoding.UTF8.GetBytes(name), via == 0 ? "10.0.0.1:7000"u8 : default));

    public bool Leave(ulong id, LeaveReason reason = LeaveReason.Left) =>
        Append(() => EntryWriter.WriteLeft(_entry, Time, MemberId.None, 0, new MemberId(id), reason));

    /// <summary>A guest comes back through node 1, as whose count.</summary>
    public bool Return(ulong id, ulong number, ulong count) => Append(() => EntryWriter.WriteJoined(
        _entry, Time, new MemberId(1), number, new MemberId(id), MemberKind.Guest, new MemberId(1), new MemberToken(id, 1), "guest"u8, BitConverter.GetBytes(count)));

    public bool Say(ulong id, ulong number) => Append(() => EntryWriter.WriteMessage(_entry, Time, new MemberId(id), number, "hi"u8));

    public bool Rename(ulong id, ulong number, string name) =>
        Append(() => EntryWriter.WriteRenamed(_entry, Time, new MemberId(id), number, new MemberId(id), Encoding.UTF8.GetBytes(name)));

    public bool StartEpoch(ulong epoch, ulong host) => Append(() => EntryWriter.WriteEpochStarted(_entry, Time, new MemberId(host), new Epoch(epoch)));

    private Timestamp Time => Log.LastTime.Plus(1);

    private bool Append(Action write)
    {
        _entry.ResetWrittenCount();
        write();
        var entry = new Entry(_entry.WrittenSpan);
        if (!View.TryApply(entry, Log.Last.Next, out _))
        {
            return false;
        }
        Log.Append(_entry.WrittenSpan);
        return true;
    }
}
