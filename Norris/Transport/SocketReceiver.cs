using System.IO.Pipelines;
using System.Net.Sockets;

namespace Norris.Transport;

/// <summary>
/// Pumps what a socket receives into a pipe until the peer finishes, the connection breaks, or nobody reads any more.
/// It stops receiving while the pipe is full, so that the peer feels it. Each idle connection holds one block.
/// </summary>
internal sealed class SocketReceiver(Socket socket, PipeWriter pipe)
{
    /// <summary>Runs until the input ends, and says how. Completes the pipe's writing side only afterwards, through <paramref name="ended"/>.</summary>
    public async Task RunAsync(Action<ConnectionEnd> ended)
    {
        using SocketOperation receive = new();
        ConnectionEnd end = await PumpAsync(receive);
        ended(end);
    }

    private async Task<ConnectionEnd> PumpAsync(SocketOperation receive)
    {
        while (true)
        {
            receive.SetBuffer(pipe.GetMemory());
            SocketError error = await receive.ReceiveAsync(socket);
            if (error != SocketError.Success)
            {
                return error == SocketError.OperationAborted ? ConnectionEnd.Aborted : ConnectionEnd.Reset;
            }

            if (receive.BytesTransferred == 0)
            {
                return ConnectionEnd.Finished;
            }

            pipe.Advance(receive.BytesTransferred);
            FlushResult flush = await pipe.FlushAsync();
            if (flush.IsCompleted || flush.IsCanceled)
            {
                return ConnectionEnd.Aborted;
            }
        }
    }
}
