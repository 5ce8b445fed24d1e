using System.Collections.Concurrent;

namespace Norris.Node;

/// <summary>Something that happened to a node, on its way to the loop.</summary>
internal abstract class NodeInput
{
    /// <summary>Tells the loop. Runs alone: no other input is applied meanwhile.</summary>
    public abstract void Apply(NodeLoop loop);

    /// <summary>The node is over and applies nothing more: whoever waits for what this input brings is to be told.</summary>
    public virtual void Abandon()
    {
    }
}

/// <summary>
/// Makes one thread at a time out of many: whoever posts while nobody works becomes the one who works, and stays until the box is
/// empty. So an input is usually applied on the thread that brought it, without a hand-over; and what arrives while a burst is worked
/// off is the next burst.
/// </summary>
internal sealed class Mailbox
{
    private readonly ConcurrentQueue<NodeInput> _waiting = new();
    private int _isWorking;

    /// <summary>Puts an input in; works if nobody does.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="loop">Who is to be told.</param>
    public void Post(NodeInput input, NodeLoop loop)
    {
        _waiting.Enqueue(input);
        while (!_waiting.IsEmpty && Interlocked.Exchange(ref _isWorking, 1) == 0)
        {
            loop.WorkOff(_waiting);
            Volatile.Write(ref _isWorking, 0);
            // Somebody may have put an input in after the last look and left, seeing that this thread works: so look again.
            Interlocked.MemoryBarrier();
        }
    }
}
