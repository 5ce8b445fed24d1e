using System.IO.Pipelines;
using System.Net.Sockets;

namespace Norris.Transport;

/// <summary>
/// Pumps what a socket receives into a pipe until the peer finishes, the connection breaks, or nobody reads any more.
/// It stops receiving while the pipe is full, so that the peer feels it. Each idle connection holds one block; while more than a block is
/// there to be received, what is there sizes the next one, so that a burst costs few system calls.
/// </summary>
internal sealed class SocketReceiver(Socket socket, PipeWriter pipe, Traffic? traffic)
{
    /// <summary>The most bytes that one receive takes.</summary>
    private const int BurstBlockBytes = 64 * 1024;

    /// <summary>
    /// So many receives in a row that need not wait, and this connection goes behind the others: sockets' continuations run on the few threads that
    /// wait for all of them (see <see cref="SocketEngine"/>), and a sender that never pauses would keep one of them for itself.
    /// </summary>
    private const int InARowMax = 16;

    /// <summary>Runs until the input ends, and says how. Completes the pipe's writing side only afterwards, through <paramref name="ended"/>.</summary>
    public async Task RunAsync(Action<ConnectionEnd> ended)
    {
        using SocketOperation receive = new();
        ConnectionEnd end = await PumpAsync(receive);
        ended(end);
    }

    private async Task<ConnectionEnd> PumpAsync(SocketOperation receive)
    {
        int inARow = 0;
        int expected = 0;
        while (true)
        {
            receive.SetBuffer(pipe.GetMemory(expected));
            ValueTask<SocketError> receiving = receive.ReceiveAsync(socket);
            inARow = receiving.IsCompleted ? inARow + 1 : 0;
            SocketError error = await receiving;
            if (inARow == InARowMax)
            {
                inARow = 0;
                await Task.Yield();
            }
            if (error != SocketError.Success)
            {
                return error == SocketError.OperationAborted ? ConnectionEnd.Aborted : ConnectionEnd.Reset;
            }

            if (receive.BytesTransferred == 0)
            {
                return ConnectionEnd.Finished;
            }

            traffic?.Received(receive.BytesTransferred);
            // Only a receive that filled its block may have left something behind: others need not ask.
            expected = receive.BytesTransferred == receive.Count ? Math.Min(BytesThere(), BurstBlockBytes) : 0;
            pipe.Advance(receive.BytesTransferred);
            FlushResult flush = await pipe.FlushAsync();
            if (flush.IsCompleted || flush.IsCanceled)
            {
                return ConnectionEnd.Aborted;
            }
        }
    }

    private int BytesThere()
    {
        try
        {
            return socket.Available;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return 0; // the next receive says what is wrong
        }
    }
}
