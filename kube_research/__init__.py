"""kube_research"""
