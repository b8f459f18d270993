"""The loops that the stages are measured against, as people write them in a notebook today.

The same networks, losses, optimisers and batches; but float32, a DataLoader over PNG files with
worker processes, a look at the losses in each step, and one pass a domain. Nothing is made slow on
purpose: workers live on from epoch to epoch, and memory is pinned where there is a GPU.
"""
